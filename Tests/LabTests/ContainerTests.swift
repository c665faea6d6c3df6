import Foundation
import Glibc
import Reconcile
import Testing

/// A container of a real runtime, which the report of the host names.
@Suite(
    .enabled(
        if: Lab.isPossible && Container.isInstalled,
        "needs root, network namespaces, podman, runc and busybox-static"))
struct ContainerTests {
    @Test func `a listener in a container has its container and namespace`() throws {
        let container = try Container(command: ["/bin/httpd", "-f", "-p", "8080"])
        var found: Listener?
        var report: HostReport?
        // The runtime says that it runs before the program listens.
        let deadline = ContinuousClock.now + .seconds(20)
        while found == nil, ContinuousClock.now < deadline {
            let outcome = try Command(
                Lab.Binary.command(["host", "--no-firewall", "--format", "json"])
            ).run()
            outcome.expectSuccess()
            report = try HostReport(json: Array(outcome.output.utf8), source: "output")
            found = report?.listeners.first { $0.container == container.id }
        }
        withExtendedLifetime(container) {}
        let listener = try #require(found)
        #expect(listener.port == 8080)
        #expect(listener.owners.map(\.name) == ["httpd"])
        let name = try #require(listener.namespace)
        let namespace = report?.namespaces.first { $0.name == name }
        #expect(namespace?.container == container.id)
    }
}

/// A container made of busybox alone, without any image, ended and removed with its owner.
final class Container: Sendable {
    /// The id that the runtime gave it.
    let id: String
    private let folder: URL
    private let podman: [String]

    private static let busybox = "/bin/busybox"

    /// Whether this machine can run one.
    static let isInstalled = ["/usr/bin/podman", "/usr/sbin/runc", busybox].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// A container in a namespace of its own, with a loopback device and no other.
    init(command: [String]) throws {
        // podman refuses paths of more than 50 characters.
        let folder = URL(filePath: "/run/prober-\(getpid())")
        self.folder = folder
        let root = folder.appending(path: "system")
        for name in ["bin", "proc", "sys", "dev", "etc", "run", "tmp"] {
            try FileManager.default.createDirectory(
                at: root.appending(path: name), withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(
            atPath: Self.busybox, toPath: root.appending(path: "bin/busybox").path)
        for name in ["sh", "httpd"] {
            try FileManager.default.createSymbolicLink(
                atPath: root.appending(path: "bin/\(name)").path,
                withDestinationPath: "busybox")
        }
        // Nothing of this machine's own containers is touched.
        podman = [
            "podman", "--root", folder.appending(path: "root").path,
            "--runroot", folder.appending(path: "run").path,
            "--tmpdir", folder.appending(path: "state").path, "--storage-driver", "vfs",
            "--cgroup-manager", "cgroupfs", "--events-backend", "none", "--runtime", "runc",
        ]
        // No more descriptors and processes than this process may have.
        let limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=512:512"]
        // What watches over the container keeps every descriptor that it is given, so that a pipe
        // would not end.
        let output = folder.appending(path: "output")
        let script = """
            for file in /proc/$$/fd/*; do
                number=${file##*/}
                if [ "$number" -gt 2 ] && [ "$number" -ne 255 ]; then eval "exec $number>&-"; fi
            done
            exec "$@" </dev/null >"$0" 2>&1
            """
        let outcome = try Command(
            ["timeout", "60", "bash", "-c", script, output.path] + podman
                + ["run", "-d", "--network", "none"] + limits + ["--rootfs", root.path] + command
        ).run()
        let text = try String(contentsOf: output, encoding: .utf8)
        #expect(outcome.status == 0, "\(text)")
        id = text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit {
        _ = try? Command(podman + ["rm", "-f", "-t", "0", id]).run()
        // The runtime cleans up behind itself, and would write into the folder.
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline,
            (try? Command(["pgrep", "-f", folder.path]).run().status) == 0
        {}
        try? FileManager.default.removeItem(at: folder)
    }
}
