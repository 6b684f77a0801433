const lists: Readonly<Record<string, string>> = {
  // The list of Adobe Commerce.
  en: "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with",
  de: "aber als am an auch auf aus bei bin bis das dass dem den der des die dies diese dieser dieses ein eine einem einen einer eines er es fur hat ich ihr im in ist kein keine mit nach nicht noch oder ohne sich sie sind so und vom von vor war was wir zu zum zur",
  fr: "a au aux avec ce ces cette dans de des du elle en est et eux il je la le les leur lui ma mais me mes moi mon ne nos notre nous on ou par pas pour qu que qui sa se ses son sur ta te tes toi ton tu un une vos votre vous d l",
  es: "a al con como de del el ella en es esta este esto ha la las le les lo los mas me mi muy no o para pero por que se si sin sobre su sus te tu un una uno y ya",
  it: "a ad ai al alla alle allo anche che chi ci col come con cui da dal dalla de degli dei del della delle di e ed gli ha i il in io la le lei lo loro lui ma mi ne nei nel nella no noi non o per piu se si su sul sulla ti tra tu un una uno vi voi",
  nl: "aan al als bij dan dat de den der des deze die dit een en er het hij ik in is je maar met mijn na naar niet nog of om onder ook op over te tot uit uw van voor was wat we wel wij zich zij zijn zo",
  sv: "alla att av da de dem den denna det detta dig din du ej eller en er ett for fran han har hon i in inte jag kan med men min mot ni nu och om pa sa sig sin som till ut vad var vi",
  pt: "a ao aos as com como da das de dela dele do dos e ela ele em entre era essa esse esta este eu foi ja mais mas me na nas no nos nem o os ou para pela pelo por que se sem seu sua tem um uma voce",
  da: "af alle at blev da de dem den denne der deres det dette dig din du efter eller en end er et for fra ham han har hun i ikke ind jeg kan med men mig min mod nar ned nu og om op os over pa sa sig sin som til ud var vi vil",
  pl: "a aby ale bez bo by byc co czy dla do go i ich im ja jak jako je jego jej jest juz ktora ktore ktory ma mi na nad nie no o od on ona one po pod przez przy sa sie tak ten to tu ty tym u w we z za ze",
};

/** Words that carry no meaning in a query, folded, by language. */
export const stopWordsByLanguage: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(lists).map(([language, words]) => [language, new Set(words.split(" "))]),
);
