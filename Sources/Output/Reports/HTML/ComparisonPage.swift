// SPDX-License-Identifier: Apache-2.0

/// What the template of a comparison shows.
struct ComparisonPage: TemplateScope {
  struct Section: TemplateScope {
    let number: Int
    let heading: String
    let caption: String?
    let rows: [Row]
  }
  struct Row: TemplateScope {
    let name: String
    let what: String
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
