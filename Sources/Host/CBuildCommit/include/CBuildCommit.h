/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The commit that the program was built from, or "" where the build does not say. */
const char *_Nonnull cmalab_build_commit(void);
