import CLinux
import Glibc

/// How many descriptors this process may have open (`getrlimit(2)`, RLIMIT_NOFILE).
package enum DescriptorLimit {
    /// Raises the soft limit to the hard one, and gives the limit that holds afterwards.
    package static func raise() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 64
        }
        var raised = limit
        raised.rlim_cur = raised.rlim_max
        if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 {
            limit = raised
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many descriptors are open, as far as the kernel shows them.
    package static func openCount() -> Int {
        guard let directory = unsafe opendir("/proc/self/fd") else { return 16 }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        return max(count - 3, 0)  // ".", ".." and the directory itself
    }
}
