# SPDX-License-Identifier: Apache-2.0
"""Charts as inline SVG: numbers in, text out.

Colours come from the page's style sheet by class, so one chart serves light and dark. Each has a
title and a description, for those who don't see it.
"""
