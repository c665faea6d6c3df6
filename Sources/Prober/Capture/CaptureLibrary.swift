#if PacketCapture
    import CPcap
#endif

/// The packet capture library this build is linked with.
public enum CaptureLibrary {
    /// What libpcap says of itself; nil when the trait PacketCapture is off.
    public static var version: String? {
        #if PacketCapture
            guard let text = unsafe pcap_lib_version() else { return nil }
            return unsafe String(cString: text)
        #else
            return nil
        #endif
    }
}
