/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The templates of HTML/Resources and JUnit's, each a string. */
struct cmalab_templates {
	const char *_Nonnull cell;
	const char *_Nonnull chart;
	const char *_Nonnull checks;
	const char *_Nonnull comparison;
	const char *_Nonnull console;
	const char *_Nonnull counts;
	const char *_Nonnull drawing;
	const char *_Nonnull explanation;
	const char *_Nonnull heat;
	const char *_Nonnull history;
	const char *_Nonnull map;
	const char *_Nonnull page;
	const char *_Nonnull picture;
	const char *_Nonnull plot;
	const char *_Nonnull prediction;
	const char *_Nonnull safe;
	const char *_Nonnull tests;
	const char *_Nonnull unexpected;
	const char *_Nonnull words;
	const char *_Nonnull junit;
};

/* The parts of the style sheets, which are in the same folder. */
struct cmalab_styles {
	const char *_Nonnull drawing;
	const char *_Nonnull matrix;
	const char *_Nonnull page;
	const char *_Nonnull palette;
	const char *_Nonnull run;
	const char *_Nonnull screens;
};

struct cmalab_templates cmalab_templates(void);
struct cmalab_styles cmalab_styles(void);
