# SPDX-License-Identifier: Apache-2.0
"""Which commit this is, or which work tree; nothing is changed in the user's repository."""

from shipway.records.source import Source
from shipway.stages.context import StageContext


def checkout(ctx: StageContext) -> Source:
    """The source of this run. InputError without a repository, a commit, or a known commit."""
    return ctx.sources.look(ctx.paths.folder)
