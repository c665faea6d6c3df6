import Prober
import SystemPackage

extension LiveHost {
    /// What starts services here: the managers leave a folder while they run, the old `init` has a
    /// table of its own.
    func system() -> HostSystem {
        if hasFolder("\(root)/run/systemd/system") { return .linuxSystemd }
        if hasFolder("\(root)/run/openrc") { return .linuxOpenRC }
        let table = try? FileContents.bytes(of: "\(etc)/inittab", atMost: 1 << 16)
        return table == nil ? .linux : .linuxSysV
    }

    private func hasFolder(_ path: String) -> Bool {
        do throws(Errno) {
            _ = try Directory(path)
            return true
        } catch {
            return false
        }
    }
}
