//! What can happen to a schema, and how grave that is.

use serde::Serialize;

/// How grave a change is, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// It breaks who uses what changed.
    Breaking,
    /// It would, but it was announced for a day that has come.
    Announced,
    /// It may surprise who does not expect it.
    Dangerous,
    /// Nobody notices who does not look.
    Safe,
}

impl Severity {
    /// As it is printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Announced => "announced",
            Self::Dangerous => "dangerous",
            Self::Safe => "safe",
        }
    }
}

macro_rules! kinds {
    ($($severity:ident { $($(#[$doc:meta])+ $name:ident = $word:literal,)+ })+) => {
        /// What happened. The words are those of graphql-js where it has one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Kind {
            $($($(#[$doc])+ $name,)+)+
        }

        impl Kind {
            /// How grave it is, had nobody announced it.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self {
                    $($(Self::$name => Severity::$severity,)+)+
                }
            }

            /// As it is printed.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $($(Self::$name => $word,)+)+
                }
            }
        }
    };
}

kinds! {
    Breaking {
        /// A type is gone.
        TypeRemoved = "TYPE_REMOVED",
        /// An object type became an input, or the like.
        TypeChangedKind = "TYPE_CHANGED_KIND",
        /// An operation has another root, or none.
        RootChanged = "ROOT_CHANGED",
        /// A union has one type less.
        TypeRemovedFromUnion = "TYPE_REMOVED_FROM_UNION",
        /// An enum has one value less.
        ValueRemovedFromEnum = "VALUE_REMOVED_FROM_ENUM",
        /// A type is no longer what it was by an interface.
        ImplementedInterfaceRemoved = "IMPLEMENTED_INTERFACE_REMOVED",
        /// A field is gone.
        FieldRemoved = "FIELD_REMOVED",
        /// A field answers or takes something else.
        FieldChangedKind = "FIELD_CHANGED_KIND",
        /// A new field has to be given.
        RequiredInputFieldAdded = "REQUIRED_INPUT_FIELD_ADDED",
        /// Of several fields exactly one has to be given now.
        OneOfAdded = "ONE_OF_ADDED",
        /// A new argument has to be given.
        RequiredArgAdded = "REQUIRED_ARG_ADDED",
        /// An argument is gone.
        ArgRemoved = "ARG_REMOVED",
        /// An argument takes something else.
        ArgChangedKind = "ARG_CHANGED_KIND",
        /// A field is for fewer than before.
        PolicyTightened = "POLICY_TIGHTENED",
        /// A directive is gone.
        DirectiveRemoved = "DIRECTIVE_REMOVED",
        /// A directive's argument is gone.
        DirectiveArgRemoved = "DIRECTIVE_ARG_REMOVED",
        /// A directive's argument takes something else.
        DirectiveArgChangedKind = "DIRECTIVE_ARG_CHANGED_KIND",
        /// A directive's new argument has to be given.
        RequiredDirectiveArgAdded = "REQUIRED_DIRECTIVE_ARG_ADDED",
        /// A directive stands once in a place at most.
        DirectiveRepeatableRemoved = "DIRECTIVE_REPEATABLE_REMOVED",
        /// A directive cannot stand somewhere any more.
        DirectiveLocationRemoved = "DIRECTIVE_LOCATION_REMOVED",
    }
    Dangerous {
        /// An enum has one value more.
        ValueAddedToEnum = "VALUE_ADDED_TO_ENUM",
        /// A union has one type more.
        TypeAddedToUnion = "TYPE_ADDED_TO_UNION",
        /// A new field may be given.
        OptionalInputFieldAdded = "OPTIONAL_INPUT_FIELD_ADDED",
        /// A new argument may be given.
        OptionalArgAdded = "OPTIONAL_ARG_ADDED",
        /// A type is something more by an interface.
        ImplementedInterfaceAdded = "IMPLEMENTED_INTERFACE_ADDED",
        /// Who leaves an argument out asks for something else.
        ArgDefaultValueChange = "ARG_DEFAULT_VALUE_CHANGE",
        /// Who leaves a field of an input out asks for something else.
        InputFieldDefaultValueChange = "INPUT_FIELD_DEFAULT_VALUE_CHANGE",
        /// Who leaves a directive's argument out asks for something else.
        DirectiveArgDefaultValueChange = "DIRECTIVE_ARG_DEFAULT_VALUE_CHANGE",
        /// Of several fields no longer exactly one has to be given.
        OneOfRemoved = "ONE_OF_REMOVED",
        /// A field is for more than before.
        PolicyLoosened = "POLICY_LOOSENED",
        /// Something will go sooner than announced.
        DeprecationBroughtForward = "DEPRECATION_BROUGHT_FORWARD",
        /// Something will go, nobody says when.
        DeprecatedWithoutDate = "DEPRECATED_WITHOUT_DATE",
        /// A scalar is said to be written otherwise.
        SpecificationChanged = "SPECIFICATION_CHANGED",
    }
    Safe {
        /// There is a new type.
        TypeAdded = "TYPE_ADDED",
        /// There is a root for operations that there were not.
        RootAdded = "ROOT_ADDED",
        /// There is a new field to select.
        FieldAdded = "FIELD_ADDED",
        /// A field says more of what it answers, or takes more.
        FieldChangedKindSafe = "FIELD_CHANGED_KIND_SAFE",
        /// An argument takes more.
        ArgChangedKindSafe = "ARG_CHANGED_KIND_SAFE",
        /// A directive's argument takes more.
        DirectiveArgChangedKindSafe = "DIRECTIVE_ARG_CHANGED_KIND_SAFE",
        /// Something will go.
        Deprecated = "DEPRECATED",
        /// Something will go later than announced.
        DeprecationPutOff = "DEPRECATION_PUT_OFF",
        /// Something stays that was to go.
        DeprecationRemoved = "DEPRECATION_REMOVED",
        /// There is a new directive.
        DirectiveAdded = "DIRECTIVE_ADDED",
        /// A directive has a new argument that may be given.
        OptionalDirectiveArgAdded = "OPTIONAL_DIRECTIVE_ARG_ADDED",
        /// A directive may stand several times in a place.
        DirectiveRepeatableAdded = "DIRECTIVE_REPEATABLE_ADDED",
        /// A directive may stand somewhere else too.
        DirectiveLocationAdded = "DIRECTIVE_LOCATION_ADDED",
    }
}

impl Kind {
    /// Whether whoever uses the field is certain to notice, and not only who uses it in a certain way.
    pub(super) fn breaks_every_use(self) -> bool {
        matches!(
            self,
            Self::TypeRemoved
                | Self::TypeChangedKind
                | Self::RootChanged
                | Self::FieldRemoved
                | Self::FieldChangedKind
                | Self::RequiredArgAdded
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn a_word_is_the_same_in_json() {
        for kind in [Kind::TypeRemoved, Kind::ArgDefaultValueChange, Kind::OneOfRemoved, Kind::DeprecationPutOff] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
    }
}
