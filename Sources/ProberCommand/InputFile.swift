import Prober
import SystemPackage

/// Files and standard input that a person named.
enum InputFile {
    /// More than any list, report or scan file has.
    private static let limit = 1 << 32

    /// The bytes of the file at `path`, or of standard input for `-`.
    ///
    /// - Throws: ``InputError`` when it cannot be read.
    static func bytes(_ path: String) throws(InputError) -> [UInt8] {
        do throws(Errno) {
            return try FileContents.bytes(of: path == "-" ? "/dev/stdin" : path, atMost: limit)
        } catch {
            throw InputError(
                path, problem: "the file cannot be read: \(error)",
                remedy: "Check the path and who may read it.")
        }
    }

    /// The same as text; what is no UTF-8 becomes replacement characters.
    static func text(_ path: String) throws(InputError) -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The machine's service names; an empty table when it has none.
    static func services() -> ServiceTable {
        ServiceTable(parsing: (try? text("/etc/services")) ?? "")
    }
}
