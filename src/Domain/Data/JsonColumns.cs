using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MonOPCO.Domain.Data;

/// <summary><c>jsonb</c> columns without CLR type names.</summary>
internal static class JsonColumns
{
    internal static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    internal static PropertyBuilder<T> HasJson<T>(this PropertyBuilder<T> property) => property
        .HasColumnType("jsonb")
        .HasConversion(
            new ValueConverter<T, string>(value => JsonSerializer.Serialize(value, Options), text => JsonSerializer.Deserialize<T>(text, Options)!),
            new ValueComparer<T>(
                (a, b) => JsonSerializer.Serialize(a, Options) == JsonSerializer.Serialize(b, Options),
                value => JsonSerializer.Serialize(value, Options).GetHashCode(StringComparison.Ordinal),
                value => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, Options), Options)!));
}

internal sealed class JsonObjectConverter() : ValueConverter<JsonObject, string>(value => Write(value), text => Read(text))
{
    private static string Write(JsonObject value) => value.ToJsonString(JsonColumns.Options);

    // As deep as the workflow store writes.
    private static JsonObject Read(string text) => JsonNode.Parse(text, null, new JsonDocumentOptions { MaxDepth = 256 })!.AsObject();
}

internal sealed class JsonObjectComparer() : ValueComparer<JsonObject>(
    (a, b) => JsonNode.DeepEquals(a, b),
    value => value.ToJsonString(null).GetHashCode(StringComparison.Ordinal),
    value => value.DeepClone().AsObject());
