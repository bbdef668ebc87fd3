using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;

namespace MonOPCO.Host.Infrastructure.French;

/// <summary>French sentences for every DataAnnotations attribute that does not bring its own, and for values that cannot be bound.</summary>
internal sealed class FrenchMessages : IValidationMetadataProvider
{
    public static void Configure(MvcOptions options)
    {
        options.ModelMetadataDetailsProviders.Add(new FrenchMessages());
        options.ModelBinderProviders.Insert(0, new FrenchModelBinderProvider());
        var messages = options.ModelBindingMessageProvider;
        messages.SetAttemptedValueIsInvalidAccessor((_, field) => $"La valeur indiquée pour « {field} » n’est pas valable.");
        messages.SetMissingBindRequiredValueAccessor(field => $"Indiquez « {field} ».");
        messages.SetMissingKeyOrValueAccessor(() => "Indiquez une valeur.");
        messages.SetMissingRequestBodyRequiredValueAccessor(() => "La demande est vide.");
        messages.SetNonPropertyAttemptedValueIsInvalidAccessor(_ => "La valeur indiquée n’est pas valable.");
        messages.SetNonPropertyUnknownValueIsInvalidAccessor(() => "La valeur indiquée n’est pas valable.");
        messages.SetNonPropertyValueMustBeANumberAccessor(() => "Indiquez un nombre.");
        messages.SetUnknownValueIsInvalidAccessor(field => $"La valeur indiquée pour « {field} » n’est pas valable.");
        messages.SetValueIsInvalidAccessor(_ => "La valeur indiquée n’est pas valable.");
        messages.SetValueMustBeANumberAccessor(field => $"Indiquez un nombre pour « {field} ».");
        messages.SetValueMustNotBeNullAccessor(_ => "Ce champ est nécessaire.");
    }

    public void CreateValidationMetadata(ValidationMetadataProviderContext context)
    {
        foreach (var attribute in context.ValidationMetadata.ValidatorMetadata.OfType<ValidationAttribute>())
        {
            // RequiredAttribute and the like keep their English resource only as long as nothing was set.
            if (attribute is { ErrorMessage: null, ErrorMessageResourceName: null } || attribute is DataTypeAttribute { ErrorMessageResourceName: null } and not EnumDataTypeAttribute)
            {
                attribute.ErrorMessage = Message(attribute) ?? attribute.ErrorMessage;
            }
        }
    }

    private static string? Message(ValidationAttribute attribute) => attribute switch
    {
        RequiredAttribute => "Ce champ est nécessaire.",
        EmailAddressAttribute => "Indiquez une adresse électronique complète, par exemple nom@exemple.fr.",
        PhoneAttribute => "Indiquez un numéro de téléphone, par exemple 03 88 00 00 00.",
        UrlAttribute => "Indiquez une adresse web complète, par exemple https://exemple.fr.",
        StringLengthAttribute { MinimumLength: > 0 } x when x.MinimumLength == x.MaximumLength => $"Indiquez exactement {Fr.Plural(x.MinimumLength, "caractère")}.",
        StringLengthAttribute { MinimumLength: > 0 } x => $"Indiquez entre {x.MinimumLength} et {Fr.Plural(x.MaximumLength, "caractère")}.",
        StringLengthAttribute x => $"Indiquez au plus {Fr.Plural(x.MaximumLength, "caractère")}.",
        MaxLengthAttribute x => $"Indiquez au plus {Fr.Plural(x.Length, "caractère")}.",
        MinLengthAttribute x => $"Indiquez au moins {Fr.Plural(x.Length, "caractère")}.",
        RangeAttribute x => $"Indiquez une valeur entre {Bound(x.Minimum)} et {Bound(x.Maximum)}.",
        CompareAttribute => "Les deux valeurs ne sont pas identiques.",
        RegularExpressionAttribute => "Le format n’est pas celui attendu.",
        AllowedValuesAttribute or EnumDataTypeAttribute => "Choisissez une des valeurs proposées.",
        _ => null,
    };

    private static string Bound(object bound) => decimal.TryParse(Convert.ToString(bound, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var number)
        ? Fr.Number(number)
        : Convert.ToString(bound, CultureInfo.InvariantCulture) ?? "";
}
