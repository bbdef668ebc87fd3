using System.Text.Json.Nodes;
using MonOPCO.Activities.Companies;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Engine.Storage;
using MonOPCO.Integrations.CompanyLookup;
using Siret = MonOPCO.Domain.Companies.Siret;

namespace MonOPCO.Host.Pages.Public;

/// <summary>
/// Who is behind a SIRET, for pages: asks the register outside any transaction and keeps the answer. A register that does not answer stops nobody: the SIRET is
/// kept and a procedure completes the rest later.
/// </summary>
public sealed class CompanyFinder(CompanyRegisterClient register, CompanyService companies, WorkflowRuntime runtime, TimeProvider clock)
{
    public const string CompletionDefinition = "completer-entreprise";

    /// <summary>Null only when the register answered that this SIRET does not exist.</summary>
    public async Task<Company?> FindAsync(Siret siret, CancellationToken cancellationToken)
    {
        var answer = await register.FindBySiretAsync(siret.Value, cancellationToken);
        var change = ChangeContext.System("Page « Finançable ? »", clock.GetUtcNow());
        switch (answer)
        {
            case CompanyLookupResult.Found found:
                return await companies.SaveAsync(RegisterFacts.Of(found.Company), change, cancellationToken);
            case CompanyLookupResult.NotFound:
                return null;
            default:
                // Silent, overloaded, or refusing us (401, 403): none of these says anything about the company.
                var company = await companies.SaveDegradedAsync(siret, register.AnswersLive(siret.Value) ? CompanyOrigin.Live : CompanyOrigin.Sandbox, change, cancellationToken);
                if (company.IsDegraded)
                {
                    await CompleteLaterAsync(company, cancellationToken);
                }

                return company;
        }
    }

    // The id follows from the company: however often somebody asks while the register is silent, one procedure waits for it.
    private Task<StartedWorkflow> CompleteLaterAsync(Company company, CancellationToken cancellationToken) => runtime.StartAsync(
        new StartWorkflow(CompletionDefinition)
        {
            InstanceId = StableId.Of(company.Id, CompletionDefinition),
            Input = new JsonObject { ["Siret"] = company.Siret },
            Name = $"Compléter {company.Name}",
        },
        cancellationToken: cancellationToken);
}
