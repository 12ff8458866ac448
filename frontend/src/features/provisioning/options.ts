import { useRef, useState } from 'react';
import { useQuery } from 'urql';
import { graphql, type ResultOf } from '~/gql';

const MOST = 100;

const ProjectOptions = graphql(`
  query RequestProjectOptions($first: Int!, $search: String) {
    projects(first: $first, where: { search: $search }, orderBy: { field: NAME }) {
      totalCount
      nodes {
        id
        name
        serverCount
        maxServers
        monthlyCostCents
        monthlyBudgetCents
        overBudget
        tenant {
          id
          name
        }
      }
    }
  }
`);

const ScriptOptions = graphql(`
  query RequestScriptOptions($first: Int!, $search: String) {
    scripts(first: $first, where: { search: $search }, orderBy: { field: NAME }) {
      totalCount
      nodes {
        id
        name
        description
        kind
        requiresRoot
        currentRevision {
          id
          number
          variables {
            name
            type
            label
            description
            required
            default
            choices
          }
        }
      }
    }
  }
`);

const ServerOptions = graphql(`
  query RequestServerOptions($first: Int!, $search: String, $projectId: ID!) {
    servers(first: $first, where: { search: $search, projectId: $projectId }, orderBy: { field: NAME }) {
      totalCount
      nodes {
        id
        name
        address
        type
        monthlyPriceCents
        project {
          id
        }
      }
    }
  }
`);

export type ProjectOption = ResultOf<typeof ProjectOptions>['projects']['nodes'][number];
export type ScriptOption = ResultOf<typeof ScriptOptions>['scripts']['nodes'][number];
export type ServerOption = ResultOf<typeof ServerOptions>['servers']['nodes'][number];

interface Found<Node> {
  nodes: readonly Node[];
  totalCount: number;
}

/** Remembers everything that was found, so that what is chosen stays known while other words are searched. */
function useFound<Node extends { id: string }>(found: Found<Node> | undefined) {
  const seen = useRef(new Map<string, Node>());
  const beyond = useRef(false);
  for (const node of found?.nodes ?? []) seen.current.set(node.id, node);
  if (found && found.totalCount > found.nodes.length) beyond.current = true;
  return { all: [...seen.current.values()], searchable: beyond.current };
}

export function useProjectOptions() {
  const [search, setSearch] = useState('');
  const [{ data, error }, retry] = useQuery({
    query: ProjectOptions,
    variables: { first: MOST, search: search || null },
  });
  const { all, searchable } = useFound(data?.projects);
  return { projects: all, loaded: data !== undefined, error, retry, onSearch: searchable ? setSearch : undefined };
}

export function useScriptOptions() {
  const [search, setSearch] = useState('');
  const [{ data, error }, retry] = useQuery({
    query: ScriptOptions,
    variables: { first: MOST, search: search || null },
  });
  const { all, searchable } = useFound(data?.scripts);
  return { scripts: all, loaded: data !== undefined, error, retry, onSearch: searchable ? setSearch : undefined };
}

/** The servers of one project. */
export function useServerOptions(projectId: string | null) {
  const [search, setSearch] = useState({ projectId, words: '' });
  const words = search.projectId === projectId ? search.words : '';
  const [{ data }] = useQuery({
    query: ServerOptions,
    variables: { first: MOST, search: words || null, projectId: projectId ?? '' },
    pause: projectId === null,
  });
  const { all, searchable } = useFound(data?.servers);
  return {
    servers: all.filter(({ project }) => project.id === projectId),
    onSearch: searchable ? (typed: string) => setSearch({ projectId, words: typed }) : undefined,
  };
}
