using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using MonOPCO.Host.Infrastructure.French;

namespace MonOPCO.Host.Tests.French;

public sealed class FrenchMessagesTests
{
    public static TheoryData<ValidationAttribute, string> Attributes => new()
    {
        { new RequiredAttribute(), "Ce champ est nécessaire." },
        { new EmailAddressAttribute(), "Indiquez une adresse électronique complète, par exemple nom@exemple.fr." },
        { new StringLengthAttribute(20), "Indiquez au plus 20\u00A0caractères." },
        { new StringLengthAttribute(20) { MinimumLength = 5 }, "Indiquez entre 5 et 20\u00A0caractères." },
        { new RangeAttribute(0, 12000), "Indiquez une valeur entre 0 et 12\u202F000." },
        { new RequiredAttribute { ErrorMessage = "Le vôtre." }, "Le vôtre." },
    };

    [Theory]
    [MemberData(nameof(Attributes))]
    public void Metadata_Attribute_SpeaksFrench(ValidationAttribute attribute, string expected)
    {
        var attributes = ModelAttributes.GetAttributesForType(typeof(string));
        var context = new ValidationMetadataProviderContext(ModelMetadataIdentity.ForType(typeof(string)), attributes);
        context.ValidationMetadata.ValidatorMetadata.Add(attribute);
        new FrenchMessages().CreateValidationMetadata(context);
        Assert.Equal(expected, attribute.FormatErrorMessage("Champ"));
    }
}
