/* SPDX-License-Identifier: Apache-2.0 */
/* What the guest knows about its memory: one record for each source. */
#ifndef CMALAB_SOURCES_H
#define CMALAB_SOURCES_H

/* Everything but the kernel's log. */
void report_memory(void);

/* What the kernel says of itself: whether it has warned, died or lost pages. */
void report_taint(void);

/* The kernel's ring buffer: report it last, so that nothing is missing. */
void report_kernel_log(void);

#endif
