using System.Diagnostics;
using System.Text;

namespace MonOPCO.Integrations.Tests;

/// <summary>Runs poppler's and qpdf's commands: the opinion of other people's code on our files.</summary>
internal static class Tool
{
    /// <summary>Standard output and error, or null when the command is not installed.</summary>
    public static string? Run(string command, byte[] pdf, params string[] arguments)
    {
        var path = Path.Combine(Path.GetTempPath(), $"monopco-{Guid.NewGuid():N}.pdf");
        File.WriteAllBytes(path, pdf);
        try
        {
            var start = new ProcessStartInfo(command) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument.Replace("{pdf}", path, StringComparison.Ordinal));
            }

            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output + error.GetAwaiter().GetResult();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
