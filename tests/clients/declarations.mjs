// What the newest SDK's type declarations say of Stripe's objects, and what in a body contradicts them.

import { fileURLToPath } from "node:url";
import ts from "typescript";

// The package does not export this file by name; it leads to every object's declaration.
const root = fileURLToPath(new URL("resources.d.ts", import.meta.resolve("stripe")));
const options = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  target: ts.ScriptTarget.ES2022,
  types: [],
};
const host = ts.createCompilerHost(options);
host.jsDocParsingMode = ts.JSDocParsingMode.ParseNone; // Half of the time goes there.
const program = ts.createProgram({ rootNames: [root], options, host });
const checker = program.getTypeChecker();
const tags = ["object", "type", "deleted"];
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const decimal = /^-?\d+(\.\d+)?$/;

// By the value of `object`: "price" is both Price and DeletedPrice, "event" a type for each type of event.
const declared = new Map();
for (const file of program.getSourceFiles().filter((one) => one.fileName.includes("/stripe/esm/resources/"))) {
  ts.forEachChild(file, (node) => {
    if (ts.isInterfaceDeclaration(node) && !/(Params|Resource)$/.test(node.name.text)) {
      remember(checker.getTypeAtLocation(node.name));
    }
  });
}

/** The types of events there are, by which a webhook endpoint is told what to listen to. */
export const eventTypes = declared.get("event").map((type) => literalOf(type, "type")).filter(Boolean);

/**
 * What contradicts the declarations in a body.
 * @param kind the value of `object`, or "deleted in v2" for what is left there of any object
 * @returns {{ path: string, fault: string }[]} the path begins with the kind of object, or of event; [] is any element
 */
export function faultsOf(body, kind) {
  const types = declared.get(kind);
  return types
    ? faultsOfAny(body, types, kind === "event" ? body.type : kind, false)
    : [{ path: String(kind), fault: "is no object that is declared" }];
}

function remember(type) {
  const object = type.symbol.name === "DeletedObject" ? "deleted in v2" : literalOf(type, "object");
  if (object !== undefined) {
    declared.set(object, [...(declared.get(object) ?? []), type]);
  }
}

/** The one value this property of a type may have, if there is only one. */
function literalOf(type, name) {
  const property = type.getProperty(name);
  const of = property && checker.getTypeOfSymbol(property);
  return of?.isStringLiteral() ? of.value
    : of && of.flags & ts.TypeFlags.BooleanLiteral ? checker.typeToString(of) === "true"
    : undefined;
}

/** Of the types a hash may have, it means the one that most of its tags name; if they leave a choice, the best fit. */
function faultsOfAny(value, types, path, partly) {
  const fitting = types.filter((type) => tags.every((tag) => [undefined, value[tag]].includes(literalOf(type, tag))));
  const named = (type) => tags.filter((tag) => literalOf(type, tag) !== undefined).length;
  const most = Math.max(...fitting.map(named));
  const meant = fitting.length > 0 ? fitting.filter((type) => named(type) === most) : types;
  return meant
    .map((type) => faultsOfHash(value, type, path, partly))
    .reduce((least, faults) => (faults.length < least.length ? faults : least));
}

function faultsOfValue(value, type, path, partly) {
  const kinds = type.isUnion() ? type.types : [type];
  if (kinds.some((kind) => kind.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown))) {
    return [];
  }

  if (value === null) {
    const isNullable = partly || kinds.some((kind) => kind.flags & ts.TypeFlags.Null);
    return isNullable ? [] : [{ path, fault: "is null, which it never is" }];
  }

  if (typeof value !== "object") {
    return faultsOfScalar(value, kinds, path);
  }

  if (Array.isArray(value)) {
    const element = kinds.map((kind) => checker.isArrayType(kind) && checker.getTypeArguments(kind)[0]).find(Boolean);
    return element
      ? value.flatMap((item) => faultsOfValue(item, element, `${path}[]`, partly))
      : [{ path, fault: "is an array" }];
  }

  const hashes = kinds.filter((kind) => kind.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)
    && !checker.isArrayType(kind) && !isDecimal(kind));
  return hashes.length > 0 ? faultsOfAny(value, hashes, path, partly) : [{ path, fault: "is a hash" }];
}

function faultsOfScalar(value, kinds, path) {
  const fits = (kind) =>
    kind.isStringLiteral() || kind.isNumberLiteral() ? kind.value === value
    : kind.flags & ts.TypeFlags.BooleanLiteral ? checker.typeToString(kind) === String(value)
    : kind.flags & ts.TypeFlags.String ? typeof value === "string"
    : kind.flags & ts.TypeFlags.Number ? typeof value === "number"
    : isDecimal(kind) ? typeof value === "string" && decimal.test(value)
    : kind.symbol?.name === "Date" ? isoTime.test(value)
    : false;
  if (kinds.some(fits)) {
    return [];
  }

  return [{ path, fault: `is ${JSON.stringify(value)}, which is none of the ${choicesOf(kinds)}` }];
}

function faultsOfHash(value, type, path, partly) {
  const faults = [];
  for (const property of checker.getPropertiesOfType(type).filter(isSent)) {
    const at = `${path}.${property.name}`;
    if (property.name in value) {
      const isPartly = partly || property.name === "previous_attributes";
      faults.push(...faultsOfValue(value[property.name], checker.getTypeOfSymbol(property), at, isPartly));
    } else if (!partly && !(property.flags & ts.SymbolFlags.Optional)) {
      faults.push({ path: at, fault: "is missing" });
    }
  }

  const others = checker.getIndexInfosOfType(type).find((info) => info.keyType.flags & ts.TypeFlags.String);
  for (const name of Object.keys(value).filter((key) => !checker.getPropertyOfType(type, key))) {
    faults.push(...(others
      ? faultsOfValue(value[name], others.type, `${path}.*`, partly)
      : [{ path: `${path}.${name}`, fault: "is a field nobody declares" }]));
  }

  return faults;
}

function choicesOf(kinds) {
  const choices = kinds.filter((kind) => !isOpen(kind)).map((kind) => checker.typeToString(kind));
  return choices.length > 12 ? `${choices.length} declared` : `declared ${choices.join(" | ")}`;
}

const isDecimal = (type) => (type.aliasSymbol ?? type.symbol)?.name === "Decimal";

/** What the SDK adds by itself does not come from Stripe. */
const isSent = ({ name, flags }) => name !== "lastResponse" && !(flags & ts.SymbolFlags.Method);

/** `string & {}`, by which the declarations leave room for values of later versions. */
const isOpen = (type) => (type.flags & ts.TypeFlags.Intersection) !== 0;
