/* SPDX-License-Identifier: Apache-2.0 */

#include "CTemplates.h"

/* In C for the reason that CSchemas has. */
static const struct cmalab_templates templates = {
	.cell =
		(const char[]){
#embed "../Reports/HTML/Resources/cell.mustache" suffix(, 0)
		},
	.chart =
		(const char[]){
#embed "../Reports/HTML/Resources/chart.mustache" suffix(, 0)
		},
	.checks =
		(const char[]){
#embed "../Reports/HTML/Resources/checks.mustache" suffix(, 0)
		},
	.comparison =
		(const char[]){
#embed "../Reports/HTML/Resources/comparison.mustache" suffix(, 0)
		},
	.console =
		(const char[]){
#embed "../Reports/HTML/Resources/console.mustache" suffix(, 0)
		},
	.counts =
		(const char[]){
#embed "../Reports/HTML/Resources/counts.mustache" suffix(, 0)
		},
	.drawing =
		(const char[]){
#embed "../Reports/HTML/Resources/drawing.mustache" suffix(, 0)
		},
	.explanation =
		(const char[]){
#embed "../Reports/HTML/Resources/explanation.mustache" suffix(, 0)
		},
	.heat =
		(const char[]){
#embed "../Reports/HTML/Resources/heat.mustache" suffix(, 0)
		},
	.history =
		(const char[]){
#embed "../Reports/HTML/Resources/history.mustache" suffix(, 0)
		},
	.map =
		(const char[]){
#embed "../Reports/HTML/Resources/map.mustache" suffix(, 0)
		},
	.page =
		(const char[]){
#embed "../Reports/HTML/Resources/page.mustache" suffix(, 0)
		},
	.picture =
		(const char[]){
#embed "../Reports/HTML/Resources/picture.mustache" suffix(, 0)
		},
	.plot =
		(const char[]){
#embed "../Reports/HTML/Resources/plot.mustache" suffix(, 0)
		},
	.prediction =
		(const char[]){
#embed "../Reports/HTML/Resources/prediction.mustache" suffix(, 0)
		},
	.safe =
		(const char[]){
#embed "../Reports/HTML/Resources/safe.mustache" suffix(, 0)
		},
	.tests =
		(const char[]){
#embed "../Reports/HTML/Resources/tests.mustache" suffix(, 0)
		},
	.unexpected =
		(const char[]){
#embed "../Reports/HTML/Resources/unexpected.mustache" suffix(, 0)
		},
	.words =
		(const char[]){
#embed "../Reports/HTML/Resources/words.mustache" suffix(, 0)
		},
	.junit =
		(const char[]){
#embed "../Reports/junit.mustache" suffix(, 0)
		},
};

static const struct cmalab_styles styles = {
	.drawing =
		(const char[]){
#embed "../Reports/HTML/Resources/drawing.css" suffix(, 0)
		},
	.matrix =
		(const char[]){
#embed "../Reports/HTML/Resources/matrix.css" suffix(, 0)
		},
	.page =
		(const char[]){
#embed "../Reports/HTML/Resources/page.css" suffix(, 0)
		},
	.palette =
		(const char[]){
#embed "../Reports/HTML/Resources/palette.css" suffix(, 0)
		},
	.run =
		(const char[]){
#embed "../Reports/HTML/Resources/run.css" suffix(, 0)
		},
	.screens =
		(const char[]){
#embed "../Reports/HTML/Resources/screens.css" suffix(, 0)
		},
};

struct cmalab_templates cmalab_templates(void)
{
	return templates;
}

struct cmalab_styles cmalab_styles(void)
{
	return styles;
}
