import Prober

extension HostSystem {
    /// How to stop the service that `process` belongs to, and keep it from starting again.
    ///
    /// What a system calls the service is not known from the process: NAME stands for it, and the
    /// steps before say how to find it.
    func stopping(_ process: ProcessIdentity) -> [Remedy.Step] {
        let pid = process.pid
        switch self {
        case .linuxSystemd:
            return [
                .run("systemctl status \(pid)", "names its unit, if it has one"),
                .run("systemctl disable --now NAME", "with its unit for NAME"),
                .run("kill \(pid)", "if it has none"),
            ]
        case .linuxOpenRC:
            return [
                .run("ps -o pid,ppid,user,args"), .run("rc-status -a", "lists the services"),
                .run("rc-service NAME stop"), .run("rc-update del NAME"),
            ]
        case .linuxSysV:
            return [
                .run("ps -fp \(pid)"), .run("service NAME stop", "/etc/init.d has the names"),
                .run("update-rc.d NAME disable", "Debian"), .run("chkconfig NAME off", "Red Hat"),
            ]
        case .linux:
            return [
                .run("ps -fp \(pid)"), .run("kill \(pid)", "once what starts it is switched off"),
            ]
        case .aix:
            return [
                .run("ps -fp \(pid)"),
                .run("lssrc -a | grep \(pid)", "names its subsystem, if it has one"),
                .run("stopsrc -s NAME"),
                .run("chrctcp -S -d NAME", "if /etc/rc.tcpip starts it"),
                .run(
                    "lsitab -a", "if /etc/inittab starts it: the word before the colon is its NAME"),
                .run("rmitab NAME"),
            ]
        case .freeBSD:
            return search(process, "/etc/rc.d/* /usr/local/etc/rc.d/*") + [
                .run("service NAME onestop"), .run("sysrc NAME_enable=NO"),
            ]
        case .openBSD:
            return [
                .run("rcctl ls started", "lists the services"), .run("rcctl stop NAME"),
                .run("rcctl disable NAME"),
            ]
        case .netBSD:
            return search(process, "/etc/rc.d/*") + [
                .run("/etc/rc.d/NAME onestop"), .write("NAME=NO", "/etc/rc.conf"),
            ]
        case .solaris:
            return [
                .run("svcs -p", "shows the service that process \(pid) belongs to"),
                .run("svcadm disable NAME"),
                .run("inetadm -d NAME", "instead, if inetadm lists it"),
            ]
        case .macOS:
            return [
                .run("launchctl list | awk '$1 == \(pid)'", "the last column is its NAME"),
                .run("sudo launchctl bootout system/NAME"),
                .run("sudo launchctl disable system/NAME"),
            ]
        case .hpux:
            return [
                .run("ps -fp \(pid)"), .run("/sbin/init.d/NAME stop"),
                .run("grep -l '=1' /etc/rc.config.d/*", "set its variable to 0 there"),
            ]
        case .windows:
            return [
                shell(
                    "Get-CimInstance Win32_Service -Filter 'ProcessId = \(pid)'",
                    "names the service"),
                shell("Stop-Service -Name NAME"),
                shell("Set-Service -Name NAME -StartupType Disabled"),
                shell("Stop-Process -Id \(pid)", "instead, if it is no service"),
            ]
        }
    }

    /// How to take a service away from the super-server that starts it.
    func stopping(
        _ keeper: Activation.Keeper, _ program: String?, _ transport: Transport, _ port: UInt16
    ) -> [Remedy.Step] {
        let name: Remedy.Step = .run(
            "grep '[^0-9]\(port)/\(transport)' /etc/services", "the first word is its NAME")
        let comment: Remedy.Step = .write(
            "#NAME ...", "/etc/inetd.conf", "its line, made a comment")
        switch self {
        case .aix:
            return [
                name, .run("chsubserver -d -v NAME -p \(transport)"),
                .run("chsubserver -d -v NAME -p \(transport)6", "for the entry of IPv6"),
                .run("refresh -s inetd"),
            ]
        case .solaris:
            return [
                .run("inetadm", "lists the services; the last column is the NAME"),
                .run("inetadm -d NAME"),
            ]
        case .hpux:
            return [name, comment, .run("inetd -c")]
        case .freeBSD:
            return [
                name, comment,
                .run("service inetd reload"),
            ]
        case .openBSD:
            return [name, comment, .run("rcctl reload inetd")]
        case .netBSD:
            return [
                name, comment,
                .run("/etc/rc.d/inetd reload"),
            ]
        case .linux, .linuxSystemd, .linuxOpenRC, .linuxSysV:
            guard keeper == .xinetd else {
                return [
                    name, comment,
                    .run("pkill -HUP -x inetd"),
                ]
            }
            let search: Remedy.Step =
                program.map {
                    .run("grep -rl -F -e \($0) /etc/xinetd.conf /etc/xinetd.d", "names its FILE")
                }
                ?? .run("ls /etc/xinetd.d", "a FILE for each service")
            return [search, .write("disable = yes", "FILE"), .run("pkill -HUP -x xinetd")]
        case .macOS, .windows: return []
        }
    }

    /// How to find the script of `process` among `scripts`.
    private func search(_ process: ProcessIdentity, _ scripts: String) -> [Remedy.Step] {
        process.name.isEmpty
            ? [.run("ps -fp \(process.pid)"), .run("service -e", "lists the services")]
            : [.run("grep -l -F -e \(process.name) \(fixed: scripts)", "names its script, NAME")]
    }

    func shell(_ command: HostCommand, _ note: String? = nil) -> Remedy.Step {
        .run(self == .windows ? command.read(by: .powerShell) : command, note)
    }

    /// How to start the service of `process` again, so that it reads its settings.
    func restarting(_ process: ProcessIdentity) -> [Remedy.Step] {
        switch self {
        case .linuxSystemd:
            return [
                .run("systemctl status \(process.pid)", "names its unit"),
                .run("systemctl restart NAME"),
            ]
        case .linuxOpenRC: return [.run("rc-service NAME restart", "rc-status -a lists the names")]
        case .linuxSysV: return [.run("service NAME restart", "/etc/init.d has the names")]
        case .linux, .hpux: return []
        case .aix:
            return [
                .run("lssrc -a | grep \(process.pid)", "names its subsystem"),
                .run("stopsrc -s NAME"), .run("startsrc -s NAME"),
            ]
        case .freeBSD:
            return search(process, "/etc/rc.d/* /usr/local/etc/rc.d/*") + [
                .run("service NAME restart")
            ]
        case .openBSD: return [.run("rcctl restart NAME", "rcctl ls started lists the names")]
        case .netBSD: return search(process, "/etc/rc.d/*") + [.run("/etc/rc.d/NAME restart")]
        case .solaris: return [.run("svcadm restart NAME", "svcs -p shows whose process it is")]
        case .macOS:
            return [
                .run("launchctl list | awk '$1 == \(process.pid)'", "the last column is its NAME"),
                .run("sudo launchctl kickstart -k system/NAME"),
            ]
        case .windows:
            return [
                shell(
                    "Get-CimInstance Win32_Service -Filter 'ProcessId = \(process.pid)'",
                    "names the service"), shell("Restart-Service -Name NAME"),
            ]
        }
    }
}
