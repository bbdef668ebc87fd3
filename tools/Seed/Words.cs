namespace MonOPCO.Seed;

/// <summary>French names to compose from; none of them is a real person or company.</summary>
internal static class Words
{
    internal static readonly string[] FirstNames =
    [
        "Camille", "Léa", "Manon", "Chloé", "Inès", "Sarah", "Julie", "Élodie", "Aurélie", "Céline", "Sophie", "Nathalie", "Isabelle", "Valérie", "Sandrine", "Stéphanie", "Amélie", "Océane", "Zoé", "Noémie",
        "Fatima", "Aïcha", "Maëlle", "Gaëlle", "Hélène", "Lucas", "Hugo", "Théo", "Nathan", "Louis", "Thomas", "Nicolas", "Julien", "Maxime", "Antoine", "Pierre", "Philippe", "Laurent", "Stéphane", "Frédéric",
        "Jérôme", "Cédric", "Loïc", "Yannick", "Mehdi", "Karim", "Rachid", "François", "Jean-Luc", "Marie-Claude", "Anne-Sophie", "Benoît", "Gérard", "René", "André", "Mathéo", "Raphaël", "Joël", "Anaïs", "Solène",
    ];

    internal static readonly string[] LastNames =
    [
        "Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand", "Leroy", "Moreau", "Simon", "Laurent", "Lefèvre", "Michel", "Garcia", "David", "Bertrand", "Roux", "Vincent", "Fournier",
        "Morel", "Girard", "André", "Mercier", "Dupont", "Lambert", "Bonnet", "François", "Martinez", "Legrand", "Garnier", "Faure", "Rousseau", "Blanc", "Guérin", "Muller", "Henry", "Roussel", "Nicolas", "Perrin",
        "Morin", "Mathieu", "Clément", "Gauthier", "Dumont", "Lopez", "Fontaine", "Chevalier", "Robin", "Masson", "Sanchez", "Gérard", "Nguyen", "Boyer", "Denis", "Lemaire", "Duval", "Joly", "Gautier", "Roger",
        "Roche", "Roy", "Noël", "Meyer", "Lucas", "Meunier", "Jean", "Perez", "Marchand", "Dufour", "Blanchard", "Marie", "Barbier", "Brun", "Dumas", "Brunet", "Schmitt", "Leroux", "Colas", "Fernandez",
        "Keller", "Weiss", "Schneider", "Klein", "Hoffmann", "Benali", "Haddad", "Diallo", "Traoré", "Le Goff", "Le Gall", "Kerbrat", "d’Arras", "Étienne", "Œuvrard", "Zimmermann", "Ostermann", "Wolff", "Lorentz", "Sutter",
    ];

    internal static readonly string[] Cores =
    [
        "Atelier", "Boulangerie", "Menuiserie", "Garage", "Clinique", "Cabinet", "Transports", "Imprimerie", "Pharmacie", "Restaurant", "Hôtel", "Brasserie", "Maçonnerie", "Électricité", "Plomberie", "Coiffure", "Logistique",
        "Informatique", "Conseil", "Fonderie", "Mécanique", "Tissage", "Cave", "Domaine", "Laiterie", "Fromagerie", "Scierie", "Carrosserie", "Librairie", "Optique", "Sécurité", "Nettoyage", "Édition", "Assurances", "Immobilier",
    ];

    internal static readonly string[] Places =
    [
        "Haguenau|67|67500", "Strasbourg|67|67000", "Colmar|68|68000", "Mulhouse|68|68100", "Metz|57|57000", "Nancy|54|54000", "Reims|51|51100", "Paris|75|75010", "Lyon|69|69003", "Marseille|13|13002", "Lille|59|59000", "Nantes|44|44000",
        "Rennes|35|35000", "Bordeaux|33|33000", "Toulouse|31|31000", "Montpellier|34|34000", "Nice|06|06000", "Dijon|21|21000", "Besançon|25|25000", "Grenoble|38|38000", "Angers|49|49000", "Tours|37|37000", "Orléans|45|45000", "Rouen|76|76000",
        "Caen|14|14000", "Brest|29|29200", "Limoges|87|87000", "Clermont-Ferrand|63|63000", "Saint-Étienne|42|42000", "Saverne|67|67700", "Sélestat|67|67600", "Wissembourg|67|67160", "Bastia|2B|20200", "Saint-Denis|974|97400",
    ];

    internal static readonly string[] Subjects =
    [
        "Excel, niveau avancé", "Excel, les bases", "Cybersécurité des postes de travail", "Communication interpersonnelle", "Management d’équipe", "Habilitation électrique B0", "Sauveteur secouriste du travail", "Anglais professionnel",
        "Allemand commercial", "Conduite de réunion", "Gestion du temps et des priorités", "Accueil du public", "Techniques de vente", "Comptabilité générale", "Paie, initiation", "Prévention des risques psychosociaux", "RGPD en pratique",
        "Power BI, tableaux de bord", "Bureautique et intelligence artificielle", "Soudage TIG", "Hygiène HACCP", "Photoshop et InDesign", "Gestion de projet", "Réseaux sociaux pour les artisans", "Tutorat en entreprise", "AutoCAD 2D",
    ];

    internal static readonly string[] Jobs = ["Assistant administratif", "Comptable", "Technicien", "Chef d’équipe", "Vendeur", "Aide-soignante", "Développeur", "Magasinier", "Cuisinier", "Conducteur de travaux", "Responsable qualité", "Chargée de clientèle"];

    internal static readonly string[] LegalForms = ["SARL", "SAS", "SA", "SASU", "EURL", "SCOP", "et Fils", "& Associés", ""];
}
