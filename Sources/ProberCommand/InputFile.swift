import Prober
import Reconcile
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

    /// The names of services that reports are read with: those in the file at `path`, our own, and
    /// this machine's.
    static func serviceNames(_ path: String?) throws(InputError) -> ServiceNames {
        let host = try path.map { path throws(InputError) in
            let entries = ServiceEntries(parsing: try text(path))
            guard !entries.isEmpty else {
                throw InputError(
                    path, problem: "there is no service in it",
                    remedy: "Give a file like /etc/services: a name, then 22/tcp, on each line.")
            }
            return entries
        }
        let machine = ServiceEntries(parsing: (try? text("/etc/services")) ?? "")
        return ServiceNames(host: host ?? ServiceEntries(), machine: machine)
    }

    /// Reads each of `files` into one set of reports; `FORMAT:FILE` names the format.
    static func reports(_ files: [String], services: String?) throws(InputError) -> HostReports {
        var reports = HostReports(names: try serviceNames(services))
        for file in files {
            let (format, path) = ReportFormat.named(in: file)
            reports.read(path, at: path == "-" ? "/dev/stdin" : path, as: format)
        }
        return reports
    }

    /// The machine's service names; an empty table when it has none.
    static func services() -> ServiceTable {
        ServiceTable(parsing: (try? text("/etc/services")) ?? "")
    }
}
