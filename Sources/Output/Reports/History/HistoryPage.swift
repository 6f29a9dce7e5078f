// SPDX-License-Identifier: Apache-2.0

/// What the template of a history shows.
struct HistoryPage: TemplateScope {
  struct Matrix: TemplateScope {
    let name: String
    let provenance: String
    let sentence: String
  }
  struct Square: TemplateScope {
    /// The matrix's name, which a narrow screen has no head for.
    let column: String
    /// Of its colours: whether the last change was for the worse or for the better; empty for none.
    let kind: String
    let words: String
    /// Of the first change; nil where there is none on the page.
    let change: Int?
  }
  struct Row: TemplateScope {
    let name: String
    let squares: [Square]
    let smallest: String
  }
  struct Side: TemplateScope {
    /// Of the run's page; nil where it has none.
    let number: Int?
    let matrix: String
    let words: String
  }
  struct Change: TemplateScope {
    let number: Int
    let kind: String
    let word: String
    let name: String
    let before: Side
    let after: Side
    let difference: String
  }
  struct Changes: TemplateScope {
    let rows: [Change]
    let more: Int?
  }

  let heading: String
  let sentence: String
  let matrices: [Matrix]
  let columns: [String]
  let rows: [Row]
  let further: Int?
  let changes: Changes?
  let notes: HTMLPage.Notes?
}
