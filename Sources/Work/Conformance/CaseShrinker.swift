// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
import Quantities

/// Ways to make a case smaller, the boldest first.
package struct CaseShrinker {
  package init() {}

  package func smaller(than made: ConformCase) -> [ConformCase] {
    var cases: [ConformCase] = []
    func propose(_ change: (inout ConformCase) -> Void) {
      var copy = made
      change(&copy)
      if copy != made { cases.append(copy) }
    }
    for index in made.banks.indices where made.banks.count > 1 && index != made.homeBank {
      propose {
        $0.banks.remove(at: index)
        if index < $0.homeBank { $0.homeBank -= 1 }
      }
    }
    for index in made.regions.indices { propose { $0.regions.remove(at: index) } }
    for index in made.memoryReservations.indices {
      propose { $0.memoryReservations.remove(at: index) }
    }
    propose { $0.cpuCount = 1 }
    propose { $0.padding = 0 }
    propose { $0.kernelOffset = 0 }
    propose { $0.initramfsGap = 0 }
    propose { $0.deviceTreeGap = 0 }
    propose { $0.parameters = "" }
    propose { $0.memoryParameters = "" }
    propose { $0.crashParameters = "" }
    for index in made.regions.indices {
      if case .dynamic(let size, let alignment, let within) = made.regions[index].placement {
        if alignment != nil {
          propose {
            $0.regions[index].placement = .dynamic(size: size, alignment: nil, within: within)
          }
        }
        if !within.isEmpty {
          propose {
            $0.regions[index].placement = .dynamic(
              size: size, alignment: alignment, within: Array(within.dropLast()))
          }
        }
      }
    }
    for index in made.banks.indices {
      let bank = made.banks[index]
      let half = bank.size.bytes / 2 & ~0x1f_ffff
      guard half >= 64 << 20, let smaller = PhysicalRange(start: bank.start, size: ByteCount(half))
      else { continue }
      propose { $0.banks[index] = smaller }
    }
    return cases
  }
}
