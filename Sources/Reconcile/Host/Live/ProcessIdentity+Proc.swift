import Prober
import SystemPackage

extension ProcessIdentity {
    /// The process whose folder in `/proc` is `folder`.
    ///
    /// A file that cannot be read leaves its fact nil; only the name must be there.
    init(pid: Int32, in folder: borrowing Directory, users: UserNames) throws(Errno) {
        let name = try folder.contents(of: "comm", limit: 4096)
        let status = try? folder.contents(of: "status", limit: 64 * 1024)
        let command = try? folder.contents(of: "cmdline", limit: 64 * 1024)
        self.init(
            pid: pid,
            name: String(
                decoding: name.last == UInt8(ascii: "\n") ? name.dropLast() : name[...],
                as: UTF8.self),
            user: status.flatMap(Self.effectiveUser).map { users[$0] },
            command: command.flatMap(Self.commandLine))
    }

    /// The second number after `Uid:`.
    ///
    /// The name, on a line before it, cannot fake one: the kernel escapes its line feeds.
    static func effectiveUser(status: [UInt8]) -> UInt32? {
        let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("Uid:") }) else { return nil }
        let numbers = line.split(whereSeparator: \.isWhitespace)
        return numbers.count > 2 ? UInt32(numbers[2]) : nil
    }

    /// The arguments, which end in zero bytes, parted by spaces; nil when there are none.
    static func commandLine(_ bytes: [UInt8]) -> String? {
        let end = bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        guard end > 0 else { return nil }
        let spaced = bytes[..<end].map { $0 == 0 ? UInt8(ascii: " ") : $0 }
        return String(decoding: spaced, as: UTF8.self)
    }
}
