using System.Globalization;
using System.Net;
using DnsGuard.Client;

// client SERVER:PORT ZONE FIRST COUNT RATE SKIP
// Asks nFIRST.ZONE … for A records, COUNT of them, RATE per second; the first SKIP are not measured.
// Prints: p50 p99 mean max (µs) answered failed
if (args.Length != 6)
{
    Console.Error.WriteLine("client SERVER:PORT ZONE FIRST COUNT RATE SKIP");
    return 2;
}

int Number(int at) => int.Parse(args[at], CultureInfo.InvariantCulture);
using var run = new OpenLoop(IPEndPoint.Parse(args[0]), args[1], Number(2), Number(3), Number(4));
run.Run();
Console.WriteLine(run.Describe(Number(5)));
return 0;
