/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The JSON Schemas of Records/Schemas, each a string. */
struct cmalab_schemas {
	const char *_Nonnull run;
	const char *_Nonnull report;
	const char *_Nonnull history;
	const char *_Nonnull lint;
	const char *_Nonnull lint_rules;
	const char *_Nonnull suggestion;
	const char *_Nonnull prediction;
	const char *_Nonnull max;
	const char *_Nonnull rules;
	const char *_Nonnull explanation;
	const char *_Nonnull upgrade;
	const char *_Nonnull matrix;
	const char *_Nonnull merge;
};

struct cmalab_schemas cmalab_schemas(void);
