using MonOPCO.Domain.Dossiers;
using static MonOPCO.Domain.Dossiers.DossierState;

namespace MonOPCO.Seed;

/// <summary>Where a dossier stands now, and the marks its way has left.</summary>
internal sealed record Life(DossierState State, DateTimeOffset Since, DateTimeOffset? FiledAt, DateTimeOffset? DecidedAt, bool IsPartial, string? RefusalCode);

internal static class Lives
{
    /// <summary>Plays a dossier from its creation until now: how long each state lasts and which way it takes is drawn.</summary>
    internal static Life Of(Draw draw, DateTimeOffset created, DateTimeOffset now, IReadOnlyList<string> reasons)
    {
        var (state, at) = (Brouillon, created);
        DateTimeOffset? filed = null, decided = null;
        var partial = false;
        string? refusal = null;
        while (Next() is var (next, days))
        {
            var then = at.AddDays(days);
            if (then >= now)
            {
                break;
            }

            (state, at) = (next, then);
            if (state == Depose)
            {
                filed = at;
            }
            else if (state is Accorde or AccordePartiel && decided is null)
            {
                (decided, partial) = (at, state == AccordePartiel);
            }
            else if (state == Refuse)
            {
                refusal = reasons[draw.Below(reasons.Count)];
            }
        }

        return new Life(state, at, filed, decided, partial, refusal);

        double Days(double low, double high) => low + (draw.Unit() * draw.Unit() * (high - low));

        (DossierState Next, double Days)? Next() => state switch
        {
            Brouillon => draw.Unit() switch { < 0.03 => (Annule, Days(2, 40)), < 0.045 => (Refuse, Days(1, 8)), _ => (AnalyseBesoin, Days(0.2, 6)) },
            AnalyseBesoin => (DevisEnvoye, Days(0.5, 14)),
            DevisEnvoye => draw.Chance(0.06) ? (Abandonne, Days(15, 60)) : (DevisAccepte, Days(0.5, 25)),
            DevisAccepte => (ConventionEnSignature, Days(0.1, 4)),
            ConventionEnSignature => draw.Unit() switch { < 0.02 => (RefusTacite, 10), < 0.24 => (PiecesManquantes, Days(1, 12)), _ => (PretAuDepot, Days(1, 14)) },
            PiecesManquantes => draw.Chance(0.08) ? (Abandonne, Days(20, 90)) : (PretAuDepot, Days(1, 40)),
            PretAuDepot => (Depose, Days(0.2, 6)),
            Depose => (EnInstruction, Days(0.5, 6)),
            EnInstruction => draw.Unit() switch { < 0.16 => (ComplementDemande, Days(4, 40)), < 0.24 => (Refuse, Days(8, 70)), < 0.33 => (AccordePartiel, Days(6, 60)), _ => (Accorde, Days(4, 65)) },
            ComplementDemande => (EnInstruction, Days(1, 25)),
            AccordePartiel => (Accorde, Days(1, 20)),
            Accorde => draw.Chance(0.02) ? (Caduc, Days(90, 200)) : (Planifie, Days(1, 30)),
            Planifie => (EnCours, Days(2, 60)),
            EnCours => draw.Chance(0.02) ? (Interrompu, Days(2, 40)) : (Realise, Days(2, 120)),
            Interrompu => draw.Chance(0.5) ? (EnCours, Days(5, 90)) : (Abandonne, Days(10, 120)),
            Realise => (CertificatEmis, Days(0.5, 15)),
            CertificatEmis => (ReglementDemande, Days(0.5, 12)),
            ReglementDemande => draw.Unit() switch { < 0.05 => (PayePartiel, Days(20, 90)), < 0.07 => (Litige, Days(40, 120)), _ => (Paye, Days(12, 90)) },
            PayePartiel or Litige => (Paye, Days(10, 150)),
            Paye => (Clos, Days(5, 60)),
            Clos => draw.Chance(0.4) ? (Suivi6Mois, Days(150, 200)) : null,
            Refuse => draw.Chance(0.3) ? (Clos, Days(30, 90)) : null,
            _ => null,
        };
    }
}
