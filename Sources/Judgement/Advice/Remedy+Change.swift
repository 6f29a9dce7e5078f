// SPDX-License-Identifier: Apache-2.0

package import MemoryRequests
package import Quantities
package import Records

extension Remedy {
  /// - Parameters:
  ///   - asked: what was asked for at first.
  ///   - dmaLimit: the first address that some device of the board does not reach.
  ///   - limits: what the change holds for.
  ///   - bootLoader: what U-Boot may be told instead, the first of which is enough.
  package init(
    _ candidate: RemedySearch.Candidate, asked: PoolRequest, alignment: ByteCount,
    dmaLimit: PhysicalAddress?, limits: [String] = [], bootLoader: [String] = []
  ) {
    let change = candidate.change
    var deviceTree: String?
    var commandLine: String?
    switch change {
    case .places: break
    case .alignment(let request), .window(let request):
      commandLine = "cma=\(request.kernelArgument)"
    case .node(let request):
      deviceTree = Self.source(of: request, alignment: alignment)
    case .split(let banks, _):
      deviceTree = Self.source(of: banks)
    }
    self.init(
      kind: change.kind, summary: Self.summary(of: change), pool: candidate.pool,
      deviceTree: deviceTree, commandLine: commandLine,
      bootLoader: bootLoader.isEmpty ? nil : bootLoader.joined(separator: "\n"),
      caveats: limits + Self.caveats(of: candidate, asked: asked, dmaLimit: dmaLimit))
  }

  private static func summary(of change: PoolChange) -> String {
    switch change {
    case .places(let deviceTree, let initramfs):
      let moves = [
        deviceTree.map { "the device tree at \($0)" }, initramfs.map { "the initramfs at \($0)" },
      ]
      return "put " + moves.compactMap(\.self).joined(separator: " and ")
    case .alignment(let request): return "ask for \(request), which needs no rounding"
    case .window(let request):
      return request.base == nil
        ? "omit the address, and let the kernel find a place"
        : "say where to look: \(request)"
    case .node(let request):
      return "ask in the device tree, without cma=: a linux,cma-default node of \(request)"
    case .split(let banks, _):
      return "declare the RAM in other banks: " + banks.map { "\($0)" }.joined(separator: ", ")
    }
  }

  private static func caveats(
    of candidate: RemedySearch.Candidate, asked: PoolRequest, dmaLimit: PhysicalAddress?
  ) -> [String] {
    var caveats: [String] = []
    if case .split(_, let invented) = candidate.change, !invented.isEmpty {
      caveats += invented.map {
        "the board has no RAM at \($0): the guest boots with such banks, and the board would not"
      }
    }
    if let request = candidate.change.request, request.bytes < asked.bytes {
      caveats.append("it is \(ByteCount(asked.bytes.bytes - request.bytes.bytes)) smaller")
    }
    if case .node = candidate.change {
      caveats.append("cma= has to go from the command line: it overrides the node")
    }
    return caveats + candidate.pool.unreached(beyond: dmaLimit)
  }
}

extension PhysicalRange {
  /// Which devices cannot use a pool there.
  ///
  /// - Parameter limit: the first address that some device of the board does not reach.
  func unreached(beyond limit: PhysicalAddress?) -> [String] {
    if let limit, last >= limit {
      return ["devices that reach no further than \(limit) cannot use it"]
    }
    return last.value >> 32 > 0
      ? ["devices with a 32-bit DMA mask cannot use what is above 4 GiB"] : []
  }
}

// MARK: - Device-tree source

extension Remedy {
  private static func cells(_ value: UInt64) -> String {
    "0x\(String(value >> 32, radix: 16)) 0x\(String(value & 0xffff_ffff, radix: 16))"
  }

  /// Documentation/devicetree/bindings/reserved-memory/shared-dma-pool.yaml, for a root of two
  /// address and two size cells.
  private static func source(of request: PoolRequest, alignment: ByteCount) -> String {
    let within = request.window.map {
      "\t\t\talloc-ranges = <\(cells($0.start.value)) \(cells($0.size.bytes))>;\n"
    }
    return """
      / {
      \treserved-memory {
      \t\t#address-cells = <2>;
      \t\t#size-cells = <2>;
      \t\tranges;

      \t\t\(PoolChange.nodeName) {
      \t\t\tcompatible = "shared-dma-pool";
      \t\t\treusable;
      \t\t\tsize = <\(cells(request.bytes.bytes))>;
      \t\t\talignment = <\(cells(alignment.bytes))>;
      \(within ?? "")\t\t\tlinux,cma-default;
      \t\t};
      \t};
      };

      """
  }

  private static func source(of banks: [PhysicalRange]) -> String {
    let nodes = banks.map { bank in
      """
      \tmemory@\(String(bank.start.value, radix: 16)) {
      \t\tdevice_type = "memory";
      \t\treg = <\(cells(bank.start.value)) \(cells(bank.size.bytes))>;
      \t};

      """
    }
    return "/ {\n" + nodes.joined(separator: "\n") + "};\n"
  }
}
