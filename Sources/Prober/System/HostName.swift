import Glibc

/// What the kernel calls this host, in the caller's UTS namespace.
package func kernelHostName() -> String {
    var names = utsname()
    // It cannot fail: the only error of uname is a bad pointer.
    _ = unsafe uname(&names)
    return unsafe withUnsafeBytes(of: names.nodename) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
