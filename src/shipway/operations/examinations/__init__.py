# SPDX-License-Identifier: Apache-2.0
"""What the doctor examines: one module for each kind of trouble, in the order of the report.

A module has `examine(subject)`, which gives findings, none when there is nothing to say. To add
one: a file here, and its name in this tuple.
"""

from shipway.operations.examinations import (
    columns,
    detached_head,
    disk,
    endpoints,
    ignored_data,
    lfs_pointers,
    machine,
    pickles,
    repository_state,
    script_hazards,
    shallow_clone,
    signing_key,
    spec_file,
    store_copy,
    submodules,
    tracked_models,
    undeclared_imports,
)

EXAMINATIONS = (
    machine,
    disk,
    signing_key,
    spec_file,
    repository_state,
    detached_head,
    shallow_clone,
    submodules,
    lfs_pointers,
    undeclared_imports,
    script_hazards,
    pickles,
    tracked_models,
    ignored_data,
    columns,
    store_copy,
    endpoints,
)
