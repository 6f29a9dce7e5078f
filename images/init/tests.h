/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMALAB_INIT_TESTS_H
#define CMALAB_INIT_TESTS_H

/*
 * Runs the tests that the kernel command line asks for, each in its own process,
 * and reports what each says as a record `test.NAME`:
 *
 *	cmalab.test=NAME[,NAME...]	which, in this order
 *	cmalab.seed=NUMBER		repeats a random sequence (1)
 *	cmalab.fault=NAME		what a test should do wrong on purpose
 */
void run_requested_tests(void);

#endif
