// SPDX-License-Identifier: Apache-2.0
@main
struct Entry {
  static func main() {}
}
