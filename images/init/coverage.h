/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMALAB_COVERAGE_H
#define CMALAB_COVERAGE_H

/*
 * Which branches the kernel has taken so far, of a kernel with CONFIG_GCOV_KERNEL: a record
 * `coverage` with a line `PATH<TAB>HEX` for each of its .gcda files. Nothing on other kernels.
 */
void report_coverage(void);

#endif
