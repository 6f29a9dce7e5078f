// SPDX-License-Identifier: Apache-2.0

/// What the template of a comparison shows.
struct ComparisonPage: TemplateScope {
  struct Section: TemplateScope {
    let number: Int
    let heading: String
    let caption: String?
    /// What a row is of, beside its run; nil where it is of the run's outcome.
    let subject: String?
    let rows: [Row]
  }
  struct Row: TemplateScope {
    let name: String
    /// Nil where the section has no ``Section/subject``.
    let what: String?
    let before: String
    let after: String
    let difference: String
    let kind: String
  }
  struct Alone: TemplateScope {
    let lines: [String]
  }

  let heading: String
  let sentence: String
  let counts: [HTMLPage.Count]
  let sections: [Section]
  let alone: Alone?
}
