// SPDX-License-Identifier: Apache-2.0
import Commands

@main
struct Entry {
  static func main() async {
    await CommandLineTool.main()
  }
}
