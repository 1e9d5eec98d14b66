public import XMLRPC

extension XMLRPCCall {
    /// What is the slave doing?
    public static let status = XMLRPCCall("status")
    /// End the running build.
    public static let abort = XMLRPCCall("abort")
    /// Forget the finished build.
    public static let clean = XMLRPCCall("clean")
}
