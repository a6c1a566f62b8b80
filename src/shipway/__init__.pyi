# SPDX-License-Identifier: Apache-2.0
from shipway.operations.check_frame import check as check
from shipway.operations.check_report import Report as Report

__version__: str
