using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace MonOPCO.Host.Infrastructure.French;

/// <summary>Amounts and dates as French people type them; what was typed stays in the field when it cannot be read.</summary>
internal sealed class FrenchModelBinderProvider : IModelBinderProvider
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context) => context.Metadata.UnderlyingOrModelType switch
    {
        var type when type == typeof(decimal) => new FrenchModelBinder(
            text => Fr.TryAmount(text, out var amount) ? amount : null, "Indiquez un nombre, par exemple 1\u202F234,56."),
        var type when type == typeof(DateOnly) => new FrenchModelBinder(
            text => Fr.TryDate(text, out var date) ? date : null, "Indiquez une date qui existe, par exemple 03/02/2026."),
        _ => null,
    };

    private sealed class FrenchModelBinder(Func<string, object?> read, string message) : IModelBinder
    {
        public Task BindModelAsync(ModelBindingContext context)
        {
            var value = context.ValueProvider.GetValue(context.ModelName);
            if (value == ValueProviderResult.None)
            {
                return Task.CompletedTask;
            }

            context.ModelState.SetModelValue(context.ModelName, value);
            var text = value.FirstValue;
            if (string.IsNullOrWhiteSpace(text))
            {
                if (context.ModelMetadata.IsReferenceOrNullableType)
                {
                    context.Result = ModelBindingResult.Success(null);
                }
                else
                {
                    context.ModelState.TryAddModelError(context.ModelName, context.ModelMetadata.ModelBindingMessageProvider.ValueMustNotBeNullAccessor(""));
                }
            }
            else if (read(text) is { } model)
            {
                context.Result = ModelBindingResult.Success(model);
            }
            else
            {
                context.ModelState.TryAddModelError(context.ModelName, message);
            }

            return Task.CompletedTask;
        }
    }
}
