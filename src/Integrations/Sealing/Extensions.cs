using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace MonOPCO.Integrations.Sealing;

/// <summary>Section <c>Sealing</c>.</summary>
public sealed class SealingOptions
{
    public const string Section = "Sealing";

    /// <summary>PKCS#12 file with the seal's key; made on first use when it does not exist.</summary>
    [Required] public string KeyFile { get; set; } = ".data/cachet.p12";

    public string Password { get; set; } = "";

    [Required] public string Organisation { get; set; } = "Netz Informatique";
}

public static class Extensions
{
    /// <summary>Registers a <see cref="SealingKey"/> read from <c>Sealing:KeyFile</c>, made and written there when the file is absent.</summary>
    public static IServiceCollection AddSealing(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SealingOptions>().Bind(configuration.GetSection(SealingOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => LoadOrCreate(provider.GetRequiredService<IOptions<SealingOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    private static SealingKey LoadOrCreate(SealingOptions options, TimeProvider time)
    {
        if (!File.Exists(options.KeyFile))
        {
            using var key = SealingKey.Create(options.Organisation, time.GetUtcNow());
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.KeyFile))!);
            // Written aside then moved without overwriting: two hosts that start together end with one key.
            var draft = options.KeyFile + "." + Guid.NewGuid().ToString("N");
            var ownerOnly = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                ownerOnly.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(draft, ownerOnly))
            {
                stream.Write(key.Export(options.Password));
            }

            try
            {
                File.Move(draft, options.KeyFile, overwrite: false);
            }
            catch (IOException) when (File.Exists(options.KeyFile))
            {
                File.Delete(draft);
            }
        }

        return SealingKey.Load(File.ReadAllBytes(options.KeyFile), options.Password);
    }
}
