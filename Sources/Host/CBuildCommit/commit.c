/* SPDX-License-Identifier: Apache-2.0 */

#include "CBuildCommit.h"

/*
 * 'make' links an object with a strong definition, which takes precedence over this one (see the
 * Makefile). A new commit takes a link and no compilation; 'swift build' needs no generated file.
 */
__attribute__((weak)) const char *cmalab_build_commit(void)
{
	return "";
}
