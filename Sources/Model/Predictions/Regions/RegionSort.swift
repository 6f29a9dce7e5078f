// SPDX-License-Identifier: Apache-2.0

/// lib/sort.c, sort_r, by address and size: a heap sort, which leaves equals in another order, and the
/// regions without a place are all equal.
extension [RegionTable.Saved] {
  /// __rmem_cmp: below 0 where the left one comes first.
  private func order(_ left: Int, _ right: Int) -> Int {
    let (a, b) = (self[left], self[right])
    if a.start != b.start { return a.start < b.start ? -1 : 1 }
    if a.size != b.size { return a.size < b.size ? -1 : 1 }
    return 0
  }

  mutating func sort(as sort: KernelRules.RegionSort) {
    switch sort {
    case .oneAtATime: sortOneAtATime()
    case .twoAtATime: sortTwoAtATime()
    }
  }

  private mutating func sortOneAtATime() {
    guard count >= 2 else { return }
    var end = count
    var root = end / 2
    while true {
      if root > 0 {
        root -= 1
      } else {
        end -= 1
        if end == 0 { return }
        swapAt(0, end)
      }
      sift(root, before: end) { $0 >= 0 }
    }
  }

  /// The same function since 6.11, which takes the two largest at a time.
  private mutating func sortTwoAtATime() {
    guard count >= 2 else { return }
    var end = count
    var root = end / 2
    var shift = 0
    while true {
      if root > 0 {
        root -= 1 << shift
      } else if end > 3 {
        end -= 1
        swapAt(0, end)
        shift = order(1, 2) <= 0 ? 1 : 0
        root = 1 << shift
        end -= 1
        swapAt(root, end)
      } else {
        break
      }
      sift(root, before: end) { $0 > 0 }
    }
    end -= 1
    swapAt(0, end)
    if end == 2, order(0, 1) > 0 { swapAt(0, 1) }
  }

  /// Puts what is at the root of a heap where it belongs.
  ///
  /// - Parameter isLeft: whether the left one of two children goes on, by their order.
  private mutating func sift(_ root: Int, before end: Int, isLeft: (Int) -> Bool) {
    var leaf = root
    var left = 2 * leaf + 1
    while left + 1 < end {
      leaf = isLeft(order(left, left + 1)) ? left : left + 1
      left = 2 * leaf + 1
    }
    if left + 1 == end { leaf = left }
    while leaf != root, order(root, leaf) >= 0 { leaf = (leaf - 1) / 2 }
    let target = leaf
    while leaf != root {
      leaf = (leaf - 1) / 2
      swapAt(leaf, target)
    }
  }
}
