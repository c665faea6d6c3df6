import Prober
import SystemPackage

extension LiveHost {
    /// Adds the settings of the calling thread's network namespace to `report`.
    ///
    /// One that the kernel does not have, or does not show, is left out.
    func readSysctls(into report: inout HostReport) {
        for sysctl in Sysctl.allCases {
            let path = "\(proc)/sys/" + sysctl.rawValue.split(separator: ".").joined(separator: "/")
            guard let bytes = try? FileContents.bytes(of: path, atMost: 4096) else { continue }
            report.sysctls[sysctl] = String(decoding: bytes, as: UTF8.self)
                .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        if !report.sysctls.isEmpty {
            report.sources.append(HostReport.Source(kind: "proc", origin: "/proc/sys/net"))
        }
    }
}
