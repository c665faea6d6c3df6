import Testing

@testable import Reconcile

@Suite struct ControlGroupTests {
    private static let id = String(repeating: "3fa9", count: 16)
    private static let other = String(repeating: "71c0", count: 16)

    @Test(arguments: [
        ("/", nil, nil),
        ("/system.slice/ssh.service", "ssh.service", nil),
        ("/init.scope", "init.scope", nil),
        (
            "/system.slice/system-postgresql.slice/postgresql@15-main.service",
            "postgresql@15-main.service", nil
        ),
        ("/user.slice/user-1000.slice/session-3.scope", "session-3.scope", nil),
        (
            "/user.slice/user-1000.slice/user@1000.service/app.slice/dev.service",
            "user@1000.service/dev.service", nil
        ),
        ("/user.slice/user-1000.slice/user@1000.service/init.scope", "user@1000.service", nil),
        ("/system.slice/docker-\(id).scope", "docker-\(id).scope", id),
        ("/system.slice/docker-\(id).scope/system.slice/nginx.service", "docker-\(id).scope", id),
        ("/docker/\(id)", nil, id),
        ("/docker/\(id)/docker-\(other).scope", "docker-\(other).scope", id),
        (
            "/user.slice/user-1000.slice/user@1000.service/docker-\(id).scope",
            "user@1000.service/docker-\(id).scope", nil
        ),
        (
            "/user.slice/user-1000.slice/user@1000.service/lxc.payload.web1",
            "user@1000.service", nil
        ),
        (
            "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-\(id).scope/container",
            "user@1000.service/libpod-\(id).scope", id
        ),
        ("/machine.slice/libpod-\(id).scope/container", "libpod-\(id).scope", id),
        ("/machine.slice/libpod-conmon-\(id).scope", "libpod-conmon-\(id).scope", nil),
        (
            "/kubepods.slice/kubepods-pod1.slice/cri-containerd-\(id).scope",
            "cri-containerd-\(id).scope", id
        ),
        ("/kubepods/burstable/pod0a1b/\(id)", nil, id),
        (
            "/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:\(id)",
            "containerd.service", id
        ),
        ("/lxc.payload.web1/system.slice/ssh.service", "ssh.service", "web1"),
        ("/lxc/web1", nil, "web1"),
        ("/machine.slice/machine-deb\\x2d12.scope", "machine-deb\\x2d12.scope", "deb-12"),
        ("/_cpu.slice/_tasks.service", "tasks.service", nil),
        ("/.service/not-hex-\(id.dropLast())", nil, nil),
    ])
    func `a path names unit and container`(path: String, unit: String?, container: String?) {
        let group = ControlGroup(path: path)
        #expect(group.unit == unit)
        #expect(group.container == container)
    }

    @Test func `version 2 goes before what version 1 has`() {
        let text = """
            9:name=systemd:/system.slice/old.service
            8:pids:/docker/\(Self.id)
            0::/system.slice/new.service

            """
        let group = ControlGroup(parsing: text)
        #expect(group.unit == "new.service")
        #expect(group.container == Self.id)
    }

    @Test func `the hierarchy of systemd goes before controllers`() {
        let text = "4:memory:/x.service\n1:name=systemd:/system.slice/cron.service\n0::/\nbad\n"
        #expect(ControlGroup(parsing: text).unit == "cron.service")
    }

    @Test func `the tree of version 2 is found beside one of version 1`() {
        let text = """
            22 27 0:21 / /proc rw,relatime - proc proc rw
            40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:4 - cgroup2 cgroup2 rw
            """
        #expect(ControlGroupTree.mountPoint(text) == "/sys/fs/cgroup/unified")
        #expect(ControlGroupTree.mountPoint("40 31 0:37 / /x rw - cgroup2fake none rw") == nil)
    }

    @Test func `of a socket that systemd and its service hold the service is named`() {
        let holders = [("systemd", "/init.scope"), ("sshd", "/system.slice/ssh.service")].map {
            SocketOwners.Holder(
                process: ProcessIdentity(pid: 1, name: $0.0),
                controlGroup: ControlGroup(path: $0.1))
        }
        #expect(ControlGroup(of: holders)?.unit == "ssh.service")
        #expect(ControlGroup(of: Array(holders.prefix(1)))?.unit == "init.scope")
        #expect(ControlGroup(of: []) == nil)
    }
}
