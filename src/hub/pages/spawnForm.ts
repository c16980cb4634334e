// The hub's spawn page → the options a user can choose, and the choice → the spawner's user options. Pure.
import { DomUtils } from "htmlparser2";
import { parsePage } from "./page";
import { all, attribute, firstIn, hasClass, PageForm, textOf, type Element, type Page } from "./pageForm";
import { matchesPattern } from "./pattern";

/** One value of a choice. */
export interface SpawnChoice {
  readonly value: string;
  readonly displayName: string;
}

/** Text instead of a listed choice. */
export interface FreeText {
  readonly displayName: string;
  /** A regular expression that the whole text must match, as the page gives it. */
  readonly pattern: string | undefined;
  /** The hub's message for a text that does not match. */
  readonly hint: string | undefined;
  /** The text that is preselected instead of any listed choice. */
  readonly preselected?: string;
}

/** Something to choose within a profile, or beside profiles, such as the image. */
export interface SpawnOption {
  /** Its key among the user options. */
  readonly name: string;
  readonly displayName: string;
  readonly choices: readonly SpawnChoice[];
  /** The value that the hub preselects. */
  readonly preselected: string | undefined;
  readonly freeText: FreeText | undefined;
}

/** A ready-made kind of server, such as "GPU". */
export interface SpawnProfile {
  readonly slug: string;
  readonly displayName: string;
  readonly description: string;
  readonly isDefault: boolean;
  readonly options: readonly SpawnOption[];
}

/** The options of a spawn page. */
export interface SpawnForm {
  /** At least one; a form without profiles has a single one, whose slug is "". */
  readonly profiles: readonly SpawnProfile[];
  /** The page has fields whose meaning to the spawner cannot be known; the page itself is the way to use them. */
  readonly hasUnknownFields: boolean;
}

/** The choice for an option: a listed value, or a text instead. */
export type OptionAnswer = { readonly choice: string } | { readonly text: string };

/** Profiles and choices that are shown at most. */
const most = { profiles: 100, choices: 5_000 };

/** The value with which KubeSpawner's page says that a text is given instead. */
const unlisted = "unlisted-choice";
const unlistedSuffix = "--unlisted-choice";
/** Fields of spawners without profiles that are known to take the field's one value under the field's own name. */
const knownFields = new Set(["image", "profile"]);

/**
 * Reads a spawn page. Known are KubeSpawner's profiles, old and new, and lists of images or profiles as DockerSpawner
 * and WrapSpawner have them.
 * @returns undefined where the page has no form to start a server
 */
export function parseSpawnForm(html: string): SpawnForm | undefined {
  const element = formIn(parsePage(html));
  if (!element) return undefined;
  const form = new PageForm(element);
  const radios = form.controls.filter(
    (input) => input.name === "input" && attribute(input, "name") === "profile" && attribute(input, "type") === "radio",
  );
  const fields = form.controls.filter(isField);
  const used = new Set<Element>(radios);
  const reading: Reading = { form, fields, used, words: new Map(), choicesLeft: most.choices };
  const profiles = radios.slice(0, most.profiles).map((radio) => profileOf(reading, radio));
  if (profiles.length === 0) {
    const options = fields
      .filter((field) => field.name === "select" && knownFields.has(attribute(field, "name")))
      .map((select) => {
        used.add(select);
        return optionOf(reading, select, attribute(select, "name"));
      });
    if (options.length > 0) profiles.push({ slug: "", displayName: "", description: "", isDefault: true, options });
  }
  const hasUnknownFields = fields.some((field) => !used.has(field));
  if (profiles.length === 0 && !hasUnknownFields) return undefined;
  return { profiles: withDefault(profiles), hasUnknownFields };
}

/** The page's message about the last failed start from it. */
export function problemOn(html: string): string | undefined {
  const element = DomUtils.findOne((each) => hasClass(each, "spawn-error-msg"), parsePage(html).children);
  return element ? textOf(element) : undefined;
}

/**
 * The user options that a choice stands for, as KubeSpawner makes them of its form.
 * @param answers by the option's name; an option without one is as preselected
 */
export function userOptionsOf(profile: SpawnProfile, answers: ReadonlyMap<string, OptionAnswer>): Record<string, string> {
  const options: Record<string, string> = profile.slug === "" ? {} : { profile: profile.slug };
  for (const { name, preselected, freeText } of profile.options) {
    const answer = answers.get(name);
    const text = answer ? "text" in answer && answer.text : freeText?.preselected;
    const choice = answer ? "choice" in answer && answer.choice : preselected;
    if (typeof text === "string") options[name + unlistedSuffix] = text;
    else if (typeof choice === "string") options[name] = choice;
  }
  return options;
}

/**
 * The form with these user options preselected, as far as it still offers them: what was chosen the last time. The
 * answer the hub preselects stays where the options say nothing.
 */
export function preselecting(form: SpawnForm, options: Readonly<Record<string, unknown>> | undefined): SpawnForm {
  if (!options) return form;
  const chosen = form.profiles.find(({ slug }) => slug === options["profile"]);
  const profiles = form.profiles.map((profile) => ({
    ...profile,
    isDefault: chosen ? profile === chosen : profile.isDefault,
    options:
      profile === chosen || profile.slug === "" ? profile.options.map((option) => preselectingOption(option, options)) : profile.options,
  }));
  return { ...form, profiles };
}

/** Why `text` cannot be given, in words for a user; undefined where it can. */
export function problemWith({ displayName, pattern, hint }: FreeText, text: string): string | undefined {
  if (text.trim() === "") return `Type ${displayName || "a value"}.`;
  return pattern === undefined || matchesPattern(pattern, text)
    ? undefined
    : hint || `This does not look like ${displayName || "what is asked for"}.`;
}

function preselectingOption(option: SpawnOption, options: Readonly<Record<string, unknown>>): SpawnOption {
  const text = options[option.name + unlistedSuffix];
  if (typeof text === "string" && option.freeText)
    return { ...option, preselected: undefined, freeText: { ...option.freeText, preselected: text } };
  const value = options[option.name];
  return option.choices.some((choice) => choice.value === value) && typeof value === "string" ? { ...option, preselected: value } : option;
}

function formIn(page: Page): Element | undefined {
  const forms = DomUtils.getElementsByTagName("form", page, true);
  return forms.find((form) => attribute(form, "id") === "spawn_form") ?? forms.find((form) => /\/spawn\b/.test(attribute(form, "action")));
}

/** The fields that are sent with the form and are the user's to choose. */
function isField(element: Element): boolean {
  const kind = attribute(element, "type");
  const isControl = element.name === "input" && ["hidden", "submit", "button", "reset", "image"].includes(kind);
  return !isControl && (attribute(element, "name") !== "" || attribute(element, "data-name") !== "");
}

type Words = Pick<SpawnProfile, "displayName" | "description">;

/** A form that is being read, and what of it has a meaning already. */
interface Reading {
  readonly form: PageForm;
  readonly fields: readonly Element[];
  readonly used: Set<Element>;
  /** Of the boxes around profiles: several may be in one. */
  readonly words: Map<Element, Words>;
  choicesLeft: number;
}

function profileOf(reading: Reading, radio: Element): SpawnProfile {
  const slug = attribute(radio, "value");
  const box = reading.form.labelOf(radio);
  const words = box && (reading.words.get(box) ?? wordsIn(box));
  if (box && words) reading.words.set(box, words);
  const options = reading.fields.flatMap((field) => {
    if (field.name !== "select" || reading.choicesLeft <= 0) return [];
    const name = optionName(attribute(field, "name"), slug);
    if (name === undefined) return [];
    reading.used.add(field);
    return optionOf(reading, field, name);
  });
  return {
    slug,
    displayName: words?.displayName ?? slug,
    description: words?.description ?? "",
    isDefault: DomUtils.hasAttrib(radio, "checked"),
    options,
  };
}

function wordsIn(box: Element): Words {
  const heading = firstIn(box, /^h[1-6]$/);
  const paragraph = firstIn(box, /^p$/);
  return { displayName: textOf(heading ?? box), description: paragraph ? textOf(paragraph) : "" };
}

/** `profile-option-SLUG--NAME`; with one hyphen before the name in old versions. */
function optionName(field: string, slug: string): string | undefined {
  const prefix = `profile-option-${slug}-`;
  if (!field.startsWith(prefix)) return undefined;
  const rest = field.slice(prefix.length);
  return rest.startsWith("-") ? rest.slice(1) : rest;
}

function optionOf(reading: Reading, select: Element, name: string): SpawnOption {
  const { form, used } = reading;
  const field = attribute(select, "name");
  const choices = all(select, "option").slice(0, reading.choicesLeft);
  reading.choicesLeft -= 1 + choices.length;
  const offered = choices.map((option) => ({
    value: DomUtils.hasAttrib(option, "value") ? attribute(option, "value") : textOf(option),
    displayName: textOf(option),
    isSelected: DomUtils.hasAttrib(option, "selected"),
  }));
  const listed = offered.filter(({ value }) => value !== unlisted);
  const other = offered.find(({ value }) => value === unlisted);
  const input = form.input(field + unlistedSuffix);
  if (input) used.add(input);
  const label = form.labelFor(field, attribute(select, "id"));
  return {
    name,
    displayName: label ? textOf(label).replace(/:$/, "") : name,
    choices: listed.map(({ value, displayName }) => ({ value, displayName: displayName || value })),
    preselected: (listed.find(({ isSelected }) => isSelected) ?? listed[0])?.value,
    freeText: other && {
      displayName: other.displayName || "Other…",
      pattern: (input && attribute(input, "pattern")) || undefined,
      hint: (input && attribute(input, "title")) || undefined,
    },
  };
}

/** A page without a preselected profile begins with its first. */
function withDefault(profiles: readonly SpawnProfile[]): readonly SpawnProfile[] {
  return profiles.some(({ isDefault }) => isDefault)
    ? profiles
    : profiles.map((profile, index) => ({ ...profile, isDefault: index === 0 }));
}
