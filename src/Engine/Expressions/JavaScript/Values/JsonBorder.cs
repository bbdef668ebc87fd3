using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions.JavaScript.Builtins;

namespace MonOPCO.Engine.Expressions.JavaScript.Values;

/// <summary>
/// Values between the host (JSON) and the script. Numbers become doubles: integers up to 2^53 and decimals of up to 15 digits come back as they were;
/// beyond that, as in any JavaScript, the nearest double is kept.
/// </summary>
internal static class JsonBorder
{
    /// <summary>Nesting of what leaves a script: the instance that keeps it must be readable again, by readers that stop at 64 levels.</summary>
    public const int MaxDepth = 48;

    private const double MaxSafe = 9007199254740992;

    public static JsValue Import(JsonNode? node, Runtime runtime)
    {
        switch (node)
        {
            case null:
                return JsValue.Null;
            case JsonArray array:
                {
                    runtime.Enter();
                    runtime.Allocate(array.Count * 2L);
                    runtime.Steps(array.Count);
                    var items = new JsValue[array.Count];
                    for (var i = 0; i < items.Length; i++)
                    {
                        items[i] = Import(array[i], runtime);
                    }

                    runtime.Depth--;
                    return new JsValue(new JsArray(items));
                }

            case JsonObject map:
                {
                    runtime.Enter();
                    runtime.Steps(map.Count);
                    var made = new JsObject();
                    foreach (var (name, value) in map)
                    {
                        made.Set(name, Import(value, runtime), runtime);
                    }

                    runtime.Depth--;
                    return new JsValue(made);
                }

            default:
                return ImportValue(node.AsValue(), runtime);
        }
    }

    /// <summary>Functions and undefined become nothing (null), NaN and infinities null, dates their ISO text.</summary>
    public static JsonNode? Export(JsValue value, Runtime runtime, int depth = 0)
    {
        switch (value.Kind)
        {
            case JsKind.String:
                return JsonValue.Create(value.Text(runtime));
            case JsKind.Boolean:
                return JsonValue.Create(value.Boolean);
            case JsKind.Number:
                return ExportNumber(value.Number);
            case JsKind.Object:
                return ExportObject(value.Object!, runtime, depth + 1);
            default:
                return null;
        }
    }

    private static JsonNode? ExportObject(JsObject target, Runtime runtime, int depth)
    {
        if (depth > MaxDepth)
        {
            throw runtime.TooDeep(MaxDepth);
        }

        switch (target)
        {
            case JsFunction:
                return null;
            case JsDate date:
                return double.IsNaN(date.Time) ? null : JsonValue.Create(date.ToIso(runtime));
            case JsArray array:
                {
                    runtime.Enter();
                    runtime.Allocate(4 + array.Count * 4L);
                    runtime.Steps(array.Count);
                    var made = new JsonArray();
                    for (var i = 0; i < array.Count; i++)
                    {
                        made.Add(Export(array[i], runtime, depth));
                    }

                    runtime.Depth--;
                    return made;
                }

            default:
                {
                    runtime.Enter();
                    runtime.Allocate(4);
                    var made = new JsonObject();
                    foreach (var name in target.Keys(runtime))
                    {
                        var value = target.Get(name, runtime);
                        if (!value.IsUndefined && value.Function is null)
                        {
                            runtime.Allocate(8);
                            made[name] = Export(value, runtime, depth);
                        }
                    }

                    runtime.Depth--;
                    return made;
                }
        }
    }

    private static JsonValue? ExportNumber(double number)
    {
        if (number == Math.Floor(number) && Math.Abs(number) <= MaxSafe)
        {
            return JsonValue.Create((long)number);
        }

        return double.IsFinite(number) ? JsonValue.Create(number) : null;
    }

    private static JsValue ImportValue(JsonValue value, Runtime runtime)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                {
                    // Guid, DateTime and the like are strings in JSON although they are not CLR strings.
                    if (!value.TryGetValue<string>(out var text))
                    {
                        text = value.Deserialize<string>()!;
                    }

                    runtime.AllocateText(text.Length);
                    return new JsValue(text);
                }

            case JsonValueKind.True:
                return JsValue.True;
            case JsonValueKind.False:
                return JsValue.False;
            case JsonValueKind.Number:
                if (value.TryGetValue<double>(out var number))
                {
                    return new JsValue(number);
                }

                if (value.TryGetValue<int>(out var small))
                {
                    return new JsValue(small);
                }

                if (value.TryGetValue<long>(out var large))
                {
                    return new JsValue(large);
                }

                return new JsValue(double.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture));
            default:
                return JsValue.Null;
        }
    }
}
