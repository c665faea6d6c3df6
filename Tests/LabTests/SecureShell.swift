import Foundation
import Glibc
import Testing

/// An OpenSSH server on the lab's inside host, with keys and users of its own.
///
/// Its mounts are its own too: `/run/sshd`, users, and what else a test puts in place of the
/// machine's files ends with it.
final class SecureShell: Sendable {
    /// What ssh is given with `-F`.
    let configuration: String
    private let folder: URL
    private let server: Command.Running

    /// Who may log in, besides root.
    static let user = "prober-user"

    /// Whether this machine has a server and a client.
    static let isInstalled = ["/usr/sbin/sshd", "/usr/bin/ssh"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// A server that listens; `mounts` says which folders stand in place of which, as in
    /// `["/usr/local/bin": "/tmp/tools"]`, and programs called as in `hiding` cannot be run.
    init(_ lab: Lab, mounts: [String: String] = [:], hiding: [String] = []) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "prober-ssh-\(getpid())-\(UUID().uuidString)")
        self.folder = folder
        configuration = folder.appending(path: "config").path
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        for key in ["host", "user", "stranger"] {
            try Command(
                [
                    "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f",
                    folder.appending(path: key).path,
                ]
            ).run().expectSuccess()
        }
        let hostKey = try String(
            contentsOf: folder.appending(path: "host.pub"), encoding: .utf8)
        try write("* " + hostKey, "known")
        try write(
            """
            root:x:0:0:root:/root:/bin/sh
            sshd:x:65530:65530::/run/sshd:/usr/sbin/nologin
            tcpdump:x:65531:65531::/nonexistent:/usr/sbin/nologin
            \(Self.user):*:4711:4711::/:/bin/sh

            """, "passwd")
        try write(
            """
            HostKey \(folder.path)/host
            AuthorizedKeysFile \(folder.path)/user.pub
            PermitRootLogin yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            StrictModes no
            UsePAM no
            PidFile none

            """, "sshd_config")
        try write(
            """
            Host stranger
              HostName 203.0.113.10
              IdentityFile \(folder.path)/stranger
            Host !stranger *
              IdentityFile \(folder.path)/user
            Host *
              IdentitiesOnly yes
              UserKnownHostsFile \(folder.path)/known
              GlobalKnownHostsFile /dev/null

            """, "config")
        let folders = [
            "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
        ]
        let hidden = folders.flatMap { folder in hiding.map { "\(folder)/\($0)" } }
            .filter { FileManager.default.fileExists(atPath: $0) }
            .map { (key: $0, value: "/dev/null") }
        let binds = (hidden + mounts.map { $0 }).map { "mount --bind '\($0.value)' '\($0.key)'; " }
            .joined()
        // sshd closes every descriptor it inherits, which Foundation takes for the end of its child:
        // a shell stands between them, and the server ends with it.
        server = try lab.command(
            on: .inside,
            [
                "sh", "-ec",
                "mount -t tmpfs none /run; mkdir /run/sshd; "
                    + "mount --bind '\(folder.path)/passwd' /etc/passwd; \(binds)"
                    + "setpriv --pdeathsig TERM "
                    + "/usr/sbin/sshd -D -e -f '\(folder.path)/sshd_config' & "
                    + "trap \"kill $!\" TERM; wait $! || wait $!",
            ]
        ).start()
        let isListening = try eventually {
            try lab.run(on: .inside, ["ss", "-Htln"]).output.contains(":22 ")
        }
        #expect(isListening)
    }

    deinit {
        server.send(SIGTERM)
        _ = server.finish()
        try? FileManager.default.removeItem(at: folder)
    }
}
