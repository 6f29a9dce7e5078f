/* SPDX-License-Identifier: Apache-2.0 */

#include "CBuildCommit.h"

/*
 * 'make' links an object with a strong definition in front of this one (see the Makefile), so that a new
 * commit takes a new link and no compilation, and 'swift build' alone needs no generated file.
 */
__attribute__((weak)) const char *cmalab_build_commit(void)
{
	return "";
}
