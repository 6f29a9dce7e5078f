/* SPDX-License-Identifier: Apache-2.0 */

#include "CSchemas.h"

/*
 * SwiftPM's own way to have a file in a program makes an array of it in Swift, an expression for each
 * byte: to compile that took as long as all else in Records.
 */
static const struct cmalab_schemas schemas = {
	.run =
		(const char[]){
#embed "../Records/Schemas/run-1.schema.json" suffix(, 0)
		},
	.report =
		(const char[]){
#embed "../Records/Schemas/report-1.schema.json" suffix(, 0)
		},
	.history =
		(const char[]){
#embed "../Records/Schemas/history-1.schema.json" suffix(, 0)
		},
	.lint =
		(const char[]){
#embed "../Records/Schemas/lint-1.schema.json" suffix(, 0)
		},
	.lint_rules =
		(const char[]){
#embed "../Records/Schemas/lint-rules-1.schema.json" suffix(, 0)
		},
	.suggestion =
		(const char[]){
#embed "../Records/Schemas/suggestion-1.schema.json" suffix(, 0)
		},
	.prediction =
		(const char[]){
#embed "../Records/Schemas/prediction-1.schema.json" suffix(, 0)
		},
	.max =
		(const char[]){
#embed "../Records/Schemas/max-1.schema.json" suffix(, 0)
		},
	.rules =
		(const char[]){
#embed "../Records/Schemas/rules-1.schema.json" suffix(, 0)
		},
	.explanation =
		(const char[]){
#embed "../Records/Schemas/explanation-1.schema.json" suffix(, 0)
		},
	.upgrade =
		(const char[]){
#embed "../Records/Schemas/upgrade-1.schema.json" suffix(, 0)
		},
	.matrix =
		(const char[]){
#embed "../Records/Schemas/matrix-1.schema.json" suffix(, 0)
		},
	.merge =
		(const char[]){
#embed "../Records/Schemas/merge-1.schema.json" suffix(, 0)
		},
};

struct cmalab_schemas cmalab_schemas(void)
{
	return schemas;
}
