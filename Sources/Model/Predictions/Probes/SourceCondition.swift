// SPDX-License-Identifier: Apache-2.0

/// A file of the kernel's source that decides a rule.
enum SourceFile: String, Sendable {
  case armHead = "arch/arm/kernel/head.S"
  case armSetup = "arch/arm/kernel/setup.c"
  case armMap = "arch/arm/mm/mmu.c"
  case arm64Init = "arch/arm64/mm/init.c"
  case arm64Map = "arch/arm64/mm/mmu.c"
  case arm64Memory = "arch/arm64/include/asm/memory.h"
  case arm64Nodes = "arch/arm64/mm/numa.c"
  case arm64Sections = "arch/arm64/include/asm/sparsemem.h"
  case cma = "mm/cma.c"
  case cmaHeader = "include/linux/cma.h"
  case coherent = "kernel/dma/coherent.c"
  case contiguous = "kernel/dma/contiguous.c"
  case crashCore = "kernel/crash_core.c"
  case crashReserve = "kernel/crash_reserve.c"
  case crashReserveHeader = "include/linux/crash_reserve.h"
  case deviceTree = "drivers/of/fdt.c"
  case firmwareNodes = "include/linux/fwnode.h"
  case kexecOptions = "kernel/Kconfig.kexec"
  case genericNodes = "drivers/base/arch_numa.c"
  case memoryInit = "mm/mm_init.c"
  case nodes = "mm/numa_memblks.c"
  case pageAllocator = "mm/page_alloc.c"
  case pageblocks = "include/linux/pageblock-flags.h"
  case reservedMemory = "drivers/of/of_reserved_mem.c"
  case reservedMemoryHeader = "include/linux/of_reserved_mem.h"
  case reservedMemoryPrivate = "drivers/of/of_private.h"
  case sort = "lib/sort.c"
  case sysfs = "include/linux/sysfs.h"
  case zones = "include/linux/mmzone.h"
}

/// A file, or a part of it.
struct SourcePart: Sendable {
  enum Scope: Sendable {
    case whole
    case function(String)
    case structure(String)
  }

  let file: SourceFile
  var scope = Scope.whole
}

/// What a form of a rule looks like in the source.
indirect enum SourceCondition: Sendable {
  case has(SourcePart, String)
  /// The part is there, without the text.
  case omits(SourcePart, String)
  /// Both are there, the first one first.
  case inOrder(SourcePart, String, String)
  case defines(SourcePart)
  /// The file is there, without the part.
  case lacks(SourcePart)
  case all([SourceCondition])
  case any([SourceCondition])
  /// Holds for a file that is not there, too.
  case not(SourceCondition)

  func holds(in source: KernelSource) -> Bool {
    switch self {
    case .has(let part, let text):
      source.text(of: part)?.range(of: text) != nil
    case .omits(let part, let text):
      source.text(of: part).map { $0.range(of: text) == nil } ?? false
    case .inOrder(let part, let first, let second):
      source.text(of: part).flatMap { text in
        text.range(of: first).map { text[$0.upperBound...].range(of: second) != nil }
      } ?? false
    case .defines(let part): source.text(of: part) != nil
    case .lacks(let part):
      source.text(of: SourcePart(file: part.file)) != nil && source.text(of: part) == nil
    case .all(let conditions): conditions.allSatisfy { $0.holds(in: source) }
    case .any(let conditions): conditions.contains { $0.holds(in: source) }
    case .not(let condition): !condition.holds(in: source)
    }
  }

  // MARK: As probes write them

  static func has(_ text: String, _ file: SourceFile, in function: String? = nil) -> Self {
    .has(.init(file: file, scope: function.map { .function($0) } ?? .whole), text)
  }

  static func omits(_ text: String, _ file: SourceFile, in function: String? = nil) -> Self {
    .omits(.init(file: file, scope: function.map { .function($0) } ?? .whole), text)
  }

  static func inOrder(
    _ first: String, _ second: String, _ file: SourceFile, in function: String
  ) -> Self {
    .inOrder(.init(file: file, scope: .function(function)), first, second)
  }

  static func defines(_ function: String, _ file: SourceFile) -> Self {
    .defines(.init(file: file, scope: .function(function)))
  }

  static func lacks(_ function: String, _ file: SourceFile) -> Self {
    .lacks(.init(file: file, scope: .function(function)))
  }

  static func has(_ text: String, _ file: SourceFile, structure: String) -> Self {
    .has(.init(file: file, scope: .structure(structure)), text)
  }

  static func omits(_ text: String, _ file: SourceFile, structure: String) -> Self {
    .omits(.init(file: file, scope: .structure(structure)), text)
  }
}
