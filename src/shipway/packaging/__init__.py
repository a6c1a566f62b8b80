# SPDX-License-Identifier: Apache-2.0
"""OCI images and bundles from folders: pure Python, no daemon, the same bytes every time.

contents   folder -> entries          layers  entries -> one layer
image      layers (+ base) -> layout  reader  layout -> verified image
bundle     what a local worker needs  context a folder that `docker build` takes
prefix     a conda environment        start   what an image runs
application  the project's own web application
"""
