namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>
/// The part of Elsa's REST API that Elsa Studio and programs call, on top of our own engine. What is not offered answers 501 with a sentence, never an
/// empty success.
/// </summary>
public static class ElsaApi
{
    /// <summary>Needs <c>WorkflowRuntime</c>, <c>DefinitionStore</c>, <c>IWorkflowReads</c> and <c>ActivityRegistry</c> in the container.</summary>
    public static IServiceCollection AddElsaApi(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddScoped<Access>();
        services.AddScoped<InstanceReader>();
        services.AddScoped<DefinitionEditing>();
        services.AddScoped<Designer.Catalogue.ChoiceSources>();
        services.AddScoped<Designer.Catalogue.ActivityCatalogue>();
        return services;
    }

    /// <summary>Everything under <c>/elsa/api</c> except signing in, which the host maps.</summary>
    public static IEndpointRouteBuilder MapElsaApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/elsa/api").RequireAuthorization(Policies.ProceduresView).AddEndpointFilter<SameOriginFilter>().ExcludeFromDescription();
        DescriptorEndpoints.Map(api);
        DefinitionEndpoints.Map(api);
        DefinitionWriteEndpoints.Map(api);
        InstanceEndpoints.Map(api);
        RunEndpoints.Map(api);
        api.Map("/{**rest}", (HttpRequest request) => request.Path.Value!.Contains("//", StringComparison.Ordinal)
            ? ElsaJson.NotFound("L’adresse")
            : ElsaJson.Unsupported($"{request.Method} {request.Path}"));
        return app;
    }
}
